import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatKey,
  generateKeyId,
  generateSecret,
  hashKey,
  isKeyId,
  isPrefix,
  loggableForm,
  loggableKey,
  matchesHash,
  parseKey,
} from '../../functions/keys/rules/key-format.ts';
import vectors from '../vectors/key-format.json' with { type: 'json' };

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const BASE62 = `0123456789${LOWER.toUpperCase()}${LOWER}`;

const textOf = (alphabet: string, length: number, minLength = length) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength: length });
const prefixes = fc
  .tuple(textOf(LOWER, 1), textOf(`${LOWER}0123456789`, 11, 1))
  .map(([first, rest]) => first + rest);
const parts = fc.record({ prefix: prefixes, keyId: textOf(BASE62, 12), secret: textOf(BASE62, 43) });

/** A generator that gives the same bytes in every run: SHA-256 of a counter. */
function fixedBytes(): (size: number) => Uint8Array {
  let counter = 0;
  return (size) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < size; have += 32) {
      blocks.push(createHash('sha256').update(`block ${counter++}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, size);
  };
}

/** Pearson's chi-square of a text's characters against an even distribution over base62 (61 degrees of freedom). */
function chiSquare(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const expected = text.length / 62;
  return [...BASE62].reduce((sum, char) => sum + ((counts.get(char) ?? 0) - expected) ** 2 / expected, 0);
}

describe('golden vectors', () => {
  it.each(vectors.valid)('$loggable is formatted, parsed, shown and hashed as recorded', (vector) => {
    const { prefix, keyId, secret, key, pepper, hash } = vector;
    expect(formatKey({ prefix, keyId, secret })).toBe(key);
    expect(parseKey(key)).toEqual({ prefix, keyId });
    expect(loggableKey(key)).toBe(vector.loggable);
    expect(loggableForm(prefix, keyId)).toBe(vector.loggable);
    expect(hashKey(key, pepper)).toBe(hash);
    expect(matchesHash(key, pepper, hash)).toBe(true);
  });

  it.each(vectors.invalid)('a key is refused: $why', ({ key }) => {
    expect(parseKey(key)).toBeUndefined();
  });
});

describe('a key', () => {
  it('is read back as it was made', () => {
    fc.assert(
      fc.property(parts, ({ prefix, keyId, secret }) => {
        expect(parseKey(formatKey({ prefix, keyId, secret }))).toEqual({ prefix, keyId });
      }),
    );
  });

  it('made of generated parts is valid', () => {
    for (let i = 0; i < 100; i++) {
      const keyId = generateKeyId();
      expect(isKeyId(keyId)).toBe(true);
      expect(parseKey(formatKey({ prefix: 'user', keyId, secret: generateSecret() }))).toEqual({
        prefix: 'user',
        keyId,
      });
    }
  });

  it.each(vectors.valid)(
    '$loggable is refused with any one ASCII character in place of any other',
    ({ key }) => {
      const accepted: string[] = [];
      for (let at = 0; at < key.length; at++) {
        for (let code = 0; code < 128; code++) {
          const changed = key.slice(0, at) + String.fromCharCode(code) + key.slice(at + 1);
          if (changed !== key && parseKey(changed) !== undefined) accepted.push(changed);
        }
      }
      expect(accepted).toEqual([]);
    },
  );

  it('is refused with any one character changed, be it any of Unicode', () => {
    fc.assert(
      fc.property(
        parts,
        fc.nat(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        (it, at, other) => {
          const key = formatKey(it);
          const position = at % key.length;
          const changed = key.slice(0, position) + other + key.slice(position + 1);
          fc.pre(changed !== key);
          expect(parseKey(changed)).toBeUndefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is refused with anything in front of it or behind it', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(' ', '\n', '\0', '_', 'é', '\u{1f511}'), (it, extra) => {
        const key = formatKey(it);
        expect(parseKey(key + extra)).toBeUndefined();
        expect(parseKey(extra + key)).toBeUndefined();
      }),
    );
  });

  it('is not any random text, and no text makes the parser throw', () => {
    const shaped = fc.string({
      unit: fc.constantFrom(...BASE62, '_', '-', ' '),
      minLength: 60,
      maxLength: 80,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), shaped), (text) => {
        expect(parseKey(text)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    expect(parseKey('a'.repeat(10_000_000))).toBeUndefined();
  });

  it('is never made of a part that the parser would refuse, and the error does not show it', () => {
    const good = { prefix: 'user', keyId: 'a'.repeat(12), secret: 's'.repeat(43) };
    expect(() => formatKey({ ...good, prefix: 'User' })).toThrow(RangeError);
    expect(() => formatKey({ ...good, keyId: 'short' })).toThrow(RangeError);
    for (const secret of ['s'.repeat(42), 's'.repeat(44), `${'s'.repeat(42)}-`]) {
      expect(() => formatKey({ ...good, secret })).toThrow(
        /^the secret of a key is not 43 base62 characters$/,
      );
    }
  });
});

describe('a prefix', () => {
  it.each(['ab', 'user', 'a1', 'production12'])('may be %s', (text) => expect(isPrefix(text)).toBe(true));
  it.each(['', 'a', '1a', 'Ab', 'aB', 'a_b', 'a-b', 'production123', 'ab\n', ' ab', 'aé'])(
    'may not be %j',
    (text) => expect(isPrefix(text)).toBe(false),
  );
});

describe('generated characters', () => {
  it('have the length of their part and come from base62 alone', () => {
    expect(generateSecret(fixedBytes())).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(generateKeyId(fixedBytes())).toMatch(/^[0-9A-Za-z]{12}$/);
  });

  it('favour none of the 62', () => {
    const bytes = fixedBytes();
    const drawn = Array.from({ length: 2_000 }, () => generateSecret(bytes)).join('');
    // The mean is 61, the standard deviation 11: 130 is six of them away.
    expect(chiSquare(drawn)).toBeLessThan(130);

    // The same measure finds the bias of a plain modulo, so it would find one here.
    const biased = Array.from(bytes(drawn.length), (byte) => BASE62[byte % 62]).join('');
    expect(chiSquare(biased)).toBeGreaterThan(300);
  });

  it('use no byte that would favour the first eight', () => {
    const bytes = [248, 255, 61, 250, 0, 247];
    let drawn = 0;
    const next = () => bytes[drawn++ % bytes.length] ?? 0;
    const id = generateKeyId((size) => Uint8Array.from({ length: size }, next));
    expect(id).toBe('z0zz0zz0zz0z');
  });

  it('differ from call to call', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => generateSecret())).size).toBe(1_000);
  });
});

describe('the loggable form', () => {
  it('is the same for every secret, whatever the length of the prefix: it holds nothing of it', () => {
    for (let length = 2; length <= 12; length++) {
      fc.assert(
        fc.property(
          textOf(LOWER, length),
          textOf(BASE62, 12),
          textOf(BASE62, 43),
          (prefix, keyId, secret) => {
            const key = formatKey({ prefix, keyId, secret });
            const shown = loggableKey(key);
            expect(shown).toBe(loggableForm(prefix, keyId));
            expect(shown.endsWith('...')).toBe(true);
            expect(shown.slice(0, -3)).toHaveLength(10);
            // The secret begins at offset length + 14, which is 16 or more; what is shown ends before offset 10.
            expect(key.indexOf(`_${secret}`)).toBeGreaterThanOrEqual(15);
            expect(`${prefix}_${keyId}_`.startsWith(shown.slice(0, -3))).toBe(true);
          },
        ),
        { numRuns: 50 },
      );
    }
  });

  it('of any text is at most ten printable ASCII characters and three dots', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(loggableKey(text)).toMatch(/^[ -~]{0,10}\.\.\.$/);
      }),
    );
  });

  it('of a text too short to be cut shows nothing of it', () => {
    for (const text of ['', 'hunter2', 'tenletters']) expect(loggableKey(text)).toBe('...');
  });

  it('forges no log line', () => {
    expect(loggableKey('a\r\nb\u001b[2J\u2028\u202eabc')).toBe('...');
  });

  it.each([
    ['a password', 'correct-horse-battery-staple'],
    ['the secret part alone', (vectors.valid[0]?.secret ?? '') + (vectors.valid[0]?.checksum ?? '')],
    ['a key behind a space', ` ${vectors.valid[0]?.key}`],
    ['a token of another product', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ])('shows nothing of %s', (_what, text) => {
    expect(loggableKey(text)).toBe('...');
  });

  it('shows which key a mistyped one was meant to be', () => {
    const { key, loggable } = vectors.valid[0] ?? { key: '', loggable: '' };
    expect(loggableKey(key.slice(0, -3))).toBe(loggable);
  });
});

describe('the stored hash', () => {
  const vector = vectors.valid[0];
  if (vector === undefined) throw new Error('there are no vectors');
  const { key, pepper, hash } = vector;

  it('matches no other key and no other pepper', () => {
    expect(matchesHash(`${key}x`, pepper, hash)).toBe(false);
    expect(matchesHash(key, `${pepper}x`, hash)).toBe(false);
    expect(matchesHash(key, pepper, hash.replace(/^./, '0'))).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['too short', hash.slice(2)],
    ['too long', `${hash}00`],
    ['in upper case', hash.toUpperCase()],
    ['not hex', `zz${hash.slice(2)}`],
    ['followed by a new line', `${hash}\n`],
    ['of 64 characters but more bytes', `é${hash.slice(1)}`],
  ])('matches nothing when it is %s', (_why, malformed) => {
    expect(matchesHash(key, pepper, malformed)).toBe(false);
  });

  it('is never made without a pepper', () => {
    expect(() => hashKey(key, '')).toThrow(RangeError);
    expect(() => matchesHash(key, '', hash)).toThrow(RangeError);
  });
});
