/**
 * The format of an API key: `<prefix>_<keyId>_<secret><checksum>`, ASCII, 65 to 75 characters.
 *
 * - prefix: a lower-case letter, then 1 to 11 lower-case letters or digits;
 * - keyId: 12 base62 characters; secret: 43 base62 characters (256 bits);
 * - checksum: CRC-32 (IEEE) of everything before it, base62, left-padded with `0` to 6 characters. It tells a
 *   mistyped key from a wrong one without any I/O; it is no protection against forgery, the hash is.
 *
 * Golden vectors: `test/vectors/key-format.json`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Alphabet, type RandomBytes, randomBase62 } from '../../runtime/rules/base62.ts';

export interface ParsedKey {
  readonly prefix: string;
  readonly keyId: string;
}

export interface KeyParts extends ParsedKey {
  readonly secret: string;
}

const MIN_PREFIX = 2;
const MAX_PREFIX = 12;
const KEY_ID = 12;
const SECRET = 43;
const CHECKSUM = 6;
/** Everything but the prefix: two underscores, id, secret, checksum. */
const REST = 1 + KEY_ID + 1 + SECRET + CHECKSUM;
const UNDERSCORE = 0x5f;
const LOGGABLE = 10;

/**
 * The key's public parts, or `undefined` unless shape and checksum are right. Never throws. Whether the key exists
 * and is alive is for the store to say.
 */
export function parseKey(text: string): ParsedKey | undefined {
  // Every part but the prefix has one length, so the text's length says where the prefix must end.
  const prefixEnd = text.length - REST;
  if (!isPrefixRange(text, prefixEnd)) return undefined;
  const idEnd = prefixEnd + 1 + KEY_ID;
  const bodyEnd = text.length - CHECKSUM;
  if (text.charCodeAt(prefixEnd) !== UNDERSCORE || text.charCodeAt(idEnd) !== UNDERSCORE) return undefined;
  if (!isBase62Range(text, prefixEnd + 1, idEnd) || !isBase62Range(text, idEnd + 1, bodyEnd))
    return undefined;
  if (!endsWithChecksum(text, crc32(text.slice(0, bodyEnd)))) return undefined;
  return { prefix: text.slice(0, prefixEnd), keyId: text.slice(prefixEnd + 1, idEnd) };
}

/**
 * The whole key. Throws a `RangeError` for a part that `parseKey` would refuse, so that no dead key is handed out; the
 * message names the part and never holds it.
 */
export function formatKey({ prefix, keyId, secret }: KeyParts): string {
  if (!isPrefix(prefix))
    throw new RangeError('the prefix of a key does not have the form [a-z][a-z0-9]{1,11}');
  if (!isKeyId(keyId)) throw new RangeError(`the id of a key is not ${KEY_ID} base62 characters`);
  if (secret.length !== SECRET || !isBase62Range(secret, 0, SECRET)) {
    throw new RangeError(`the secret of a key is not ${SECRET} base62 characters`);
  }
  const body = `${prefix}_${keyId}_${secret}`;
  return body + checksumOf(crc32(body));
}

/** Whether the text may be a key's prefix: `[a-z][a-z0-9]{1,11}`. */
export function isPrefix(text: string): boolean {
  return isPrefixRange(text, text.length);
}

/** Whether the text has the form of a key id: 12 base62 characters. */
export function isKeyId(text: string): boolean {
  return text.length === KEY_ID && isBase62Range(text, 0, KEY_ID);
}

/** 43 base62 characters: 256 bits that nobody can guess. */
export function generateSecret(randomBytes?: RandomBytes): string {
  return randomBase62(SECRET, randomBytes);
}

/** 12 base62 characters: 71 bits, so that ids do not meet. Public, not a secret. */
export function generateKeyId(randomBytes?: RandomBytes): string {
  return randomBase62(KEY_ID, randomBytes);
}

/**
 * The one form of a key that may be logged: its first 10 characters and `...`. They lie within prefix and id for
 * every valid key (2 + 1 + 12 characters at the least), so not one bit of the secret shows.
 *
 * Takes any text that somebody sent as a key. What does not begin as a key does, with prefix and id, may be a password
 * or the secret part alone: only `...` is left of it.
 */
export function loggableKey(text: string): string {
  return beginsAsKey.test(text) ? `${text.slice(0, LOGGABLE)}...` : '...';
}

/** Prefix, id and the underscore behind it: what a mistyped key has in common with a right one. */
const beginsAsKey = /^[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_/;

/** `loggableKey` of a key whose secret is not at hand. */
export function loggableForm(prefix: string, keyId: string): string {
  return `${`${prefix}_${keyId}`.slice(0, LOGGABLE)}...`;
}

/**
 * What is stored of a key: lower-case hex HMAC-SHA-256 of the whole key, keyed by the pepper's UTF-8 bytes. Throws a
 * `RangeError` for an empty pepper: a hash without one could be computed by anybody.
 */
export function hashKey(key: string, pepper: string): string {
  return hmac(key, pepper).toString('hex');
}

/**
 * Whether the stored hash is this key's. The comparison takes the same time wherever the two differ. `false` for a
 * malformed hash; throws like `hashKey` for an empty pepper.
 */
export function matchesHash(key: string, pepper: string, hash: string): boolean {
  const actual = hmac(key, pepper);
  return /^[0-9a-f]{64}$/.test(hash) && timingSafeEqual(actual, Buffer.from(hash, 'hex'));
}

function hmac(key: string, pepper: string): Buffer {
  if (pepper === '') throw new RangeError('the pepper is empty');
  return createHmac('sha256', pepper).update(key, 'utf8').digest();
}

function isPrefixRange(text: string, end: number): boolean {
  if (end < MIN_PREFIX || end > MAX_PREFIX || !isLowerLetter(text.charCodeAt(0))) return false;
  for (let i = 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isLowerLetter(code) && !isDigit(code)) return false;
  }
  return true;
}

function isBase62Range(text: string, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isLowerLetter(code) && !isDigit(code) && !(code >= 0x41 && code <= 0x5a)) return false;
  }
  return true;
}

function isLowerLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Compared digit by digit from the right, so that the hot path builds no string for it. */
function endsWithChecksum(text: string, crc: number): boolean {
  let rest = crc;
  for (let i = text.length - 1; i >= text.length - CHECKSUM; i--) {
    if (text.charCodeAt(i) !== base62Alphabet.charCodeAt(rest % 62)) return false;
    rest = Math.floor(rest / 62);
  }
  return true;
}

function checksumOf(crc: number): string {
  let digits = '';
  for (let rest = crc; digits.length < CHECKSUM; rest = Math.floor(rest / 62)) {
    digits = base62Alphabet.charAt(rest % 62) + digits;
  }
  return digits;
}
