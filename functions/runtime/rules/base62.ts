import { randomBytes as cryptoRandomBytes } from 'node:crypto';

/** Gives `size` bytes from a cryptographically secure generator. */
export type RandomBytes = (size: number) => Uint8Array;

export const base62Alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Random base62 text without modulo bias: 248 is the largest multiple of 62 that a byte can hold, so larger bytes are
 * thrown away.
 */
export function randomBase62(length: number, randomBytes: RandomBytes = cryptoRandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < 248 && text.length < length) text += base62Alphabet.charAt(byte % 62);
    }
  }
  return text;
}
