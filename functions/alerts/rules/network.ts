/**
 * The network that an address belongs to, as one owner usually has it: `198.51.100.0/24` of an IPv4 address, also of one
 * that is written as IPv6 (`::ffff:198.51.100.7`, `2002:c633:6407::1`), and `2001:db8:12::/48` of an IPv6 address. Undefined for whatever is no
 * address. The address itself is in neither.
 */
export function networkOf(address: string): string | undefined {
  const bytes = ipv4Bytes(address);
  if (bytes !== undefined) return ipv4Network(bytes);
  const groups = ipv6Groups(address);
  if (groups === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  if ([a, b, c, d, e].every((group) => group === 0) && f === 0xffff)
    return ipv4Network([g >> 8, g & 0xff, h >> 8]);
  // 6to4 (RFC 3056): the IPv4 address stands within the first 48 bits.
  if (a === 0x2002) return ipv4Network([b >> 8, b & 0xff, c >> 8]);
  return `${shortened([a, b, c])}::/48`;
}

function ipv4Network([a, b, c]: readonly number[]): string {
  return `${a}.${b}.${c}.0/24`;
}

/** Four decimal numbers, as everybody reads them: a leading zero would be octal to some. */
function ipv4Bytes(text: string): number[] | undefined {
  const parts = text.split('.');
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : Number.NaN));
  return bytes.length === 4 && bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** All eight groups; a zone (`%eth0`) means something on one machine only, and is refused. */
function ipv6Groups(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  if (tail === undefined) return before?.length === 8 ? before : undefined;
  const after = groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  return missing < 1 ? undefined : [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** @param ends whether an IPv4 address may stand at the end, for the last two groups */
function groupsOf(text: string, ends: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const bytes = ends && index === parts.length - 1 ? ipv4Bytes(part) : undefined;
    if (bytes !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** What stands before `::`. */
function shortened(groups: readonly number[]): string {
  const last = groups.findLastIndex((group) => group !== 0);
  return groups
    .slice(0, last + 1)
    .map((group) => group.toString(16))
    .join(':');
}
