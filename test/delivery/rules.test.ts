import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimState, disputed, renewal } from '../../functions/delivery/rules/claim.ts';
import { formatClaimToken, nonceHash, readClaimToken } from '../../functions/delivery/rules/claim-token.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import { at, iso, revoked, suspended, waiting, withHandover } from './rules-support.ts';

const secret = 'a claim secret that is long enough to be one';
const link = { keyId: waiting.keyId, version: 2, linkNo: 1 };

describe('the token of a link', () => {
  const number = fc.integer({ min: 1, max: 999_999_999 });
  const claim = fc.record({
    keyId: fc.stringMatching(/^[0-9A-Za-z]{12}$/),
    version: number,
    linkNo: number,
  });

  it('names what it was made for, and is the same each time', () => {
    fc.assert(
      fc.property(claim, (made) => {
        const token = formatClaimToken(made, secret);
        expect(readClaimToken(token, secret)).toEqual(made);
        expect(formatClaimToken(made, secret)).toBe(token);
        expect(token).toMatch(/^[\w.-]+$/);
      }),
    );
  });

  it('is refused with any one character changed, left out or added', () => {
    const token = formatClaimToken(link, secret);
    for (let index = 0; index <= token.length; index++) {
      const [before, after] = [token.slice(0, index), token.slice(index + 1)];
      const other = token[index] === 'x' ? 'y' : 'x';
      for (const forged of [
        `${before}${other}${after}`,
        `${before}${after}`,
        `${before}0${token.slice(index)}`,
      ]) {
        if (forged !== token) expect(readClaimToken(forged, secret)).toBeUndefined();
      }
    }
  });

  it('of one link does not open another: key, version and number are all under the seal', () => {
    const mac = formatClaimToken(link, secret).split('.')[3];
    for (const named of ['A1b2C3d4E5f6.3.1', 'A1b2C3d4E5f6.2.2', 'A1b2C3d4E5f7.2.1']) {
      expect(readClaimToken(`${named}.${mac}`, secret)).toBeUndefined();
    }
  });

  it('made with another secret, or by a mail’s seal, is refused', () => {
    expect(readClaimToken(formatClaimToken(link, `${secret}.`), secret)).toBeUndefined();
  });

  it('is nothing that anybody types: whatever else comes is refused and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => readClaimToken(text, secret) === undefined));
    const { length } = formatClaimToken(link, secret);
    for (const text of [
      '',
      '....',
      'a'.repeat(length),
      `A1b2C3d4E5f6.02.1.${'a'.repeat(43)}`,
      `A1b2C3d4E5f6.2.1.${'é'.repeat(43)}`,
    ])
      expect(readClaimToken(text, secret)).toBeUndefined();
  });
});

describe('where a link stands', () => {
  const nonce = nonceHash('a nonce of the client that was first');
  const opened = withHandover({ openedAt: iso(1), openedBy: nonce });
  const destroyed = withHandover({ openedAt: iso(1), openedBy: nonce, ciphertext: undefined });
  const expired = withHandover({ ciphertext: undefined, expiredAt: iso(72) });
  const others = nonceHash('another nonce');

  const table: [string, KeyItem | undefined, typeof link, string, number, string][] = [
    ['it waits for its owner', waiting, link, nonce, 1, 'open'],
    ['it waits to the last millisecond', waiting, link, nonce, 72 - 1 / 3_600_000, 'open'],
    ['its time is over', waiting, link, nonce, 72, 'expired'],
    ['its secret was destroyed unused', expired, link, nonce, 73, 'expired'],
    ['the key waits suspended: its owner may have the secret', suspended, link, nonce, 1, 'open'],
    ['the same client, within ten minutes', opened, link, nonce, 1.16, 'again'],
    ['the same client, after ten minutes', opened, link, nonce, 1 + 1 / 6, 'opened'],
    ['another client, at the same moment', opened, link, others, 1, 'opened'],
    ['the same client, the secret destroyed', destroyed, link, nonce, 1.1, 'opened'],
    ['an older version', waiting, { ...link, version: 1 }, nonce, 1, 'replaced'],
    ['a version to come', waiting, { ...link, version: 3 }, nonce, 1, 'replaced'],
    ['an earlier link', withHandover({ linkNo: 2 }), link, nonce, 1, 'replaced'],
    [
      'a secret that was for a repeated request only',
      withHandover({ delivery: undefined }),
      link,
      nonce,
      1,
      'replaced',
    ],
    ['a revoked key', revoked, link, nonce, 1, 'revoked'],
    ['a key that is not there', undefined, link, nonce, 1, 'revoked'],
  ];

  it.each(table)('%s', (_what, key, claim, client, hours, expected) => {
    expect(claimState(key, claim, client, at(hours)).kind).toBe(expected);
  });

  it('shows a secret only where it is open, or again to the same client', () => {
    for (const [, key, claim, client, hours, expected] of table) {
      const shows = 'handover' in claimState(key, claim, client, at(hours));
      expect(shows).toBe(expected === 'open' || expected === 'again');
    }
  });
});

describe('asking for a new link', () => {
  const expired = withHandover({ ciphertext: undefined, expiredAt: iso(72) });
  const answered = withHandover({ ciphertext: undefined, expiredAt: iso(72), answered: true });
  const pgp = withHandover({ delivery: { attempts: 1, queuedIn: 3, sentAt: iso(0), channel: 'pgp' } });
  const remailed = (remails: number) =>
    withHandover({ delivery: { attempts: 1, queuedIn: 3, sentAt: iso(0), channel: 'link', remails } });
  const old = { ...link, version: 1 };

  it.each<[string, KeyItem | undefined, typeof link, number, string]>([
    ['makes a new secret where the newest one expired unused', expired, link, 73, 'mint'],
    ['so, too, before the sweep has noticed', waiting, link, 72, 'mint'],
    ['so, too, by an older link', expired, old, 73, 'mint'],
    ['but not by an older link where somebody has the secret from an answer', answered, old, 73, 'nothing'],
    ['only by its own', answered, link, 73, 'mint'],
    ['mails the same link again after an hour', waiting, link, 1, 'remail'],
    ['not before', waiting, link, 0.99, 'nothing'],
    [
      'not while a try is under way',
      withHandover({ delivery: { attempts: 1, queuedIn: 3 } }),
      link,
      5,
      'nothing',
    ],
    [
      'an hour after it was given up',
      withHandover({ delivery: { attempts: 6, queuedIn: 3, failedAt: iso(55) } }),
      link,
      56,
      'remail',
    ],
    ['six times', remailed(5), link, 5, 'remail'],
    ['and no more', remailed(6), link, 5, 'nothing'],
    ['does nothing where the link was used', withHandover({ openedAt: iso(1) }), link, 90, 'nothing'],
    ['does nothing where the mail carried the secret', pgp, link, 90, 'nothing'],
    ['does nothing for a suspended key', suspended, link, 90, 'nothing'],
    ['does nothing for a revoked key', revoked, link, 90, 'nothing'],
    ['does nothing for a key that is not there', undefined, link, 90, 'nothing'],
  ])('%s', (_what, key, claim, hours, expected) => {
    expect(renewal(key, claim, at(hours))).toBe(expected);
  });
});

describe('“that was not me”', () => {
  const opened = withHandover({ openedAt: iso(1) });

  /** The stranger's secret retires, for the key was rotated since. */
  const retiring = (linkNo: number): KeyItem => ({
    ...opened,
    secrets: opened.secrets.map((secret) =>
      secret.version === 1 ? { ...secret, openedByLink: linkNo, retiresAt: iso(100) } : secret,
    ),
  });

  it.each<[string, KeyItem | undefined, typeof link, 'newest' | 'retiring' | undefined]>([
    ['of the newest secret, whose link was used', opened, link, 'newest'],
    [
      'of one that retires since, by the link that showed it',
      retiring(1),
      { ...link, version: 1 },
      'retiring',
    ],
    ['of one that retires, by another link', retiring(2), { ...link, version: 1 }, undefined],
    ['of a link that nobody used', waiting, link, undefined],
    ['of an earlier link', withHandover({ openedAt: iso(1), linkNo: 2 }), link, undefined],
    ['of an older version', opened, { ...link, version: 1 }, undefined],
    ['of a version that has ended', { ...opened, secrets: opened.secrets.slice(0, 1) }, link, undefined],
    ['of a revoked key', { ...opened, revokedAt: iso(2) }, link, undefined],
    ['of a key that is not there', undefined, link, undefined],
  ])('%s: %#', (_what, key, claim, expected) => {
    expect(disputed(key, claim)).toBe(expected);
  });
});
