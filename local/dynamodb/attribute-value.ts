import { decimal, type Item, type Path, type WireValue } from './dynalite.ts';

/** `S`, `N`, `M`, … */
export function typeOf(value: WireValue): string {
  return Object.keys(value)[0] ?? '';
}

/** The value at a document path; undefined where there is none. */
export function valueAt(path: Path, item: Item): WireValue | undefined {
  let current: WireValue | undefined = { M: item };
  for (const piece of path) {
    if (current === undefined) return undefined;
    const container: unknown = typeof piece === 'number' ? current['L'] : current['M'];
    // Own properties only: an attribute may be called `constructor`.
    current =
      typeof container === 'object' && container !== null && Object.hasOwn(container, piece)
        ? (container as Record<string | number, WireValue>)[piece]
        : undefined;
  }
  return current;
}

/** Equality as DynamoDB has it: documents by content, sets without order. Numbers are stored in one canonical form. */
export function sameValue(a: WireValue, b: WireValue): boolean {
  return canonical(a) === canonical(b);
}

/** Text that is equal for equal values. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => {
    const isSet =
      /^[SNB]S$/.test(name) && Array.isArray(member) && member.every((one) => typeof one === 'string');
    return `${JSON.stringify(name)}:${canonical(isSet ? [...member].sort() : member)}`;
  });
  return `{${members.sort().join()}}`;
}

/** Negative, zero or positive as `a` sorts before, with or after `b`; undefined where the two cannot be ordered. */
export function order(a: WireValue, b: WireValue): number | undefined {
  const type = typeOf(a);
  const [left, right] = [a[type], b[type]];
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  if (type === 'N') return decimal(left).cmp(decimal(right));
  return Buffer.compare(bytes(type, left), bytes(type, right));
}

/** The bytes of a string or binary value. */
export function bytes(type: string, content: string): Buffer {
  return Buffer.from(content, type === 'B' ? 'base64' : 'utf8');
}
