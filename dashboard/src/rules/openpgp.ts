/**
 * The little that the page itself has to know of OpenPGP keys (RFC 9580): whether what was pasted is a private one, which
 * must not leave the computer, and the fingerprint of a public one, so that it can be compared before it is sent.
 */

const longest = 64 * 1024;

/** What must not leave the computer. */
export const isPrivateKey = (text: string): boolean => /BEGIN PGP (PRIVATE|SECRET) KEY/i.test(text);

/** What is plainly wrong with a pasted text, as a sentence; the API finds the rest. */
export function openPgpFault(text: string): string | undefined {
  if (isPrivateKey(text)) {
    return 'This is a PRIVATE key. It stays on your computer: nothing was sent. Paste the public key (gpg --armor --export).';
  }
  if (!/-----BEGIN PGP PUBLIC KEY BLOCK-----/.test(text)) {
    return 'This is not an OpenPGP public key. Paste the whole block, from -----BEGIN PGP PUBLIC KEY BLOCK----- to -----END PGP PUBLIC KEY BLOCK-----.';
  }
  if (!/-----END PGP PUBLIC KEY BLOCK-----/.test(text)) {
    return 'The end of the key is missing. Paste the whole block, to -----END PGP PUBLIC KEY BLOCK-----.';
  }
  if (text.length > longest) {
    return 'This key is larger than 64 KB. Export it without the certifications of others (gpg --export-options export-minimal).';
  }
  return undefined;
}

/** Fingerprint of the primary key, upper-case hex; undefined where the text is no key that can be read. */
export async function fingerprintOf(armored: string): Promise<string | undefined> {
  const bytes = unarmored(armored);
  const body = bytes === undefined ? undefined : publicKeyPacket(bytes);
  const version = body?.[0];
  if (body === undefined || (version !== 4 && version !== 6)) return undefined;
  const size = body.length;
  const head =
    version === 4
      ? [0x99, size >> 8, size & 0xff]
      : [0x9b, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff];
  const hashed = await crypto.subtle.digest(
    version === 4 ? 'SHA-1' : 'SHA-256',
    new Uint8Array([...head, ...body]),
  );
  return [...new Uint8Array(hashed)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

/** In groups of four, as programs show it: easier to compare. */
export const grouped = (fingerprint: string): string => fingerprint.replace(/(.{4})(?=.)/g, '$1 ');

function unarmored(text: string): Uint8Array | undefined {
  const block = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/.exec(
    text,
  );
  if (block === null) return undefined;
  const lines = (block[1] ?? '').split(/\r?\n/).map((line) => line.trim());
  // Headers such as "Comment: ..." end with an empty line; the checksum begins with "=".
  const begin = lines.indexOf('') + 1;
  const content = lines.slice(begin).filter((line) => !line.startsWith('='));
  try {
    return Uint8Array.from(atob(content.join('')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The content of the first packet, where that is a public key (tag 6). */
function publicKeyPacket(bytes: Uint8Array): Uint8Array | undefined {
  const first = bytes[0] ?? 0;
  const isNew = (first & 0x40) !== 0;
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
  const length = isNew ? newLength(bytes) : oldLength(bytes, first & 0x03);
  if ((first & 0x80) === 0 || tag !== 6 || length === undefined) return undefined;
  const body = bytes.subarray(length.end, length.end + length.size);
  return body.length === length.size ? body : undefined;
}

interface Length {
  readonly size: number;
  /** Where the content begins. */
  readonly end: number;
}

function newLength(bytes: Uint8Array): Length | undefined {
  const [, one = 0, two = 0] = bytes;
  if (one < 192) return { size: one, end: 2 };
  if (one < 224) return { size: ((one - 192) << 8) + two + 192, end: 3 };
  return one === 255 ? { size: numberAt(bytes, 2, 4), end: 6 } : undefined;
}

function oldLength(bytes: Uint8Array, kind: number): Length | undefined {
  const octets = [1, 2, 4][kind];
  return octets === undefined ? undefined : { size: numberAt(bytes, 1, octets), end: 1 + octets };
}

function numberAt(bytes: Uint8Array, at: number, octets: number): number {
  return bytes.subarray(at, at + octets).reduce((sum, byte) => sum * 256 + byte, 0);
}
