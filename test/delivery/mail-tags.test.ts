import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MailTags, readTags, sealedTags } from '../../functions/delivery/rules/mail-tags.ts';

/** Tags name the key that an event is about: only those that we have put on a mail ourselves count. */
const secret = 's'.repeat(64);
const tags: MailTags = {
  keyId: 'abcdefghijkl',
  kind: 'handover',
  version: '2',
  linkNo: '1',
  channel: 'link',
  attempt: '1',
};

const aboutAccount: MailTags = {
  subscriptionId: 'sub_abcdefghijklmnopqrst',
  kind: 'payment-failed',
  message: '12',
};

/** As SES gives them back: a list of values for each. */
function asTold(list: readonly { Name: string; Value: string }[]): Record<string, string[]> {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, [Value]]));
}

test('what a mail was sent with comes back from its events, and SES takes every character of it', () => {
  const sent = sealedTags(tags, secret);
  for (const { Name, Value } of sent) expect(`${Name}${Value}`).toMatch(/^[\w.-]+$/);
  expect(readTags(asTold(sent), secret)).toEqual(tags);
  expect(readTags({ ...asTold(sent), 'ses:configuration-set': ['latchkey-dev'] }, secret)).toEqual(tags);
});

test('the same holds for a mail about an account', () => {
  const sent = sealedTags(aboutAccount, secret);
  for (const { Name, Value } of sent) expect(`${Name}${Value}`).toMatch(/^[\w.-]+$/);
  expect(readTags(asTold(sent), secret)).toEqual(aboutAccount);
  for (const forged of [
    { subscriptionId: ['sub_00000000000000000000'] },
    { kind: ['account-opened'] },
    { message: ['13'] },
    { message: [] },
    { seal: [] },
  ]) {
    expect(readTags({ ...asTold(sent), ...forged }, secret)).toBeUndefined();
  }
});

test('the seal of an account is none of a key, and the other way round', () => {
  const ofAccount = asTold(sealedTags(aboutAccount, secret));
  const ofKey = asTold(sealedTags(tags, secret));
  expect(readTags({ ...ofAccount, keyId: ['abcdefghijkl'] }, secret)).toBeUndefined();
  expect(readTags({ ...ofAccount, seal: ofKey['seal'] ?? [] }, secret)).toBeUndefined();
  // What is added to a key's tags says nothing: the mail is about the key.
  expect(readTags({ ...ofKey, subscriptionId: ['sub_00000000000000000000'] }, secret)).toEqual(tags);
});

test.each([
  ['of another key', { keyId: ['zzzzzzzzzzzz'] }],
  ['of another version', { version: ['3'] }],
  ['that claim to have carried the secret', { channel: ['pgp'] }],
  ['with one more', { message: ['x'] }],
  ['without a seal', { seal: [] }],
  ['with a seal that is none', { seal: ['é'.repeat(43)] }],
])('tags %s are nobody’s', (_what, forged) => {
  expect(readTags({ ...asTold(sealedTags(tags, secret)), ...forged }, secret)).toBeUndefined();
});

test('a seal by another secret, or moved between tags, does not hold', () => {
  const value = fc.stringMatching(/^[0-9A-Za-z-]{1,12}$/);
  const both = fc.record({ keyId: value, kind: value, version: value, linkNo: value });
  fc.assert(
    fc.property(both, both, (ours, theirs) => {
      const sealed = asTold(sealedTags(ours, secret));
      expect(readTags(sealed, secret)).toEqual(ours);
      expect(readTags(asTold(sealedTags(ours, 'x'.repeat(64))), secret)).toBeUndefined();
      const same = JSON.stringify(Object.values(ours)) === JSON.stringify(Object.values(theirs));
      const moved = { ...asTold(sealedTags(theirs, secret)), seal: sealed['seal'] ?? [] };
      expect(readTags(moved, secret) === undefined).toBe(!same);
    }),
  );
});
