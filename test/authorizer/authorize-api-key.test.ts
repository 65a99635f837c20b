import { expect, test } from 'vitest';
import { authorizeApiKey } from '../../functions/authorizer/authorize-api-key.ts';
import type { KeyItem } from '../../functions/keys/index.ts';
import { formatKey, generateSecret, hashKey } from '../../functions/keys/rules/key-format.ts';

/** What a decision tells of the key: aggregate-traffic counts refusals by it. */

const pepper = 'p'.repeat(64);
const peppers = {
  current: () => Promise.resolve({ name: 'v1', value: pepper }),
  byName: (name: string) => Promise.resolve(name === 'v1' ? pepper : undefined),
};
const now = Date.parse('2026-11-27T12:00:00.000Z');
const keyId = 'abcdefghijkl';
const apiKey = formatKey({ prefix: 'user', keyId, secret: generateSecret() });
const older = formatKey({ prefix: 'user', keyId, secret: generateSecret() });
const createdAt = '2026-11-01T00:00:00.000Z';

const key: KeyItem = {
  keyId,
  subscriptionId: 'sub_1',
  name: 'a key',
  prefix: 'user',
  tier: 'pro',
  usageKey: 'usage',
  createdAt,
  suspensions: {},
  secrets: [{ version: 2, hash: hashKey(apiKey, pepper), pepper: 'v1', createdAt }],
  retired: [{ version: 1, hash: hashKey(older, pepper), pepper: 'v1', retiredAt: createdAt }],
  rotateAt: '2027-01-30T00:00:00.000Z',
  revision: 1,
  change: { action: 'generate-key', actor: { kind: 'admin', id: 'a test' }, requestId: 'r', at: createdAt },
};

function authorize(presented: string, item: KeyItem | undefined) {
  return authorizeApiKey(presented, now, { keys: { get: () => Promise.resolve(item) }, peppers });
}

test.each<[string, string, Partial<KeyItem>]>([
  ['wrong-secret', formatKey({ prefix: 'user', keyId, secret: generateSecret() }), {}],
  ['retired-secret', older, {}],
  ['revoked', apiKey, { revokedAt: createdAt }],
  ['revoked', older, { revokedAt: createdAt }],
  ['suspended', apiKey, { suspensions: { owner: { at: createdAt, by: 'its owner' } } }],
])('a refusal for %s tells which key was named', async (reason, presented, changes) => {
  expect(await authorize(presented, { ...key, ...changes })).toMatchObject({
    kind: 'refused',
    reason,
    key: { keyId, subscriptionId: 'sub_1', tier: 'pro' },
  });
});

test('a refusal of what names no key of ours tells of none, so that nobody can make one up', async () => {
  expect(await authorize('letmein', key)).toEqual({ kind: 'refused', reason: 'malformed' });
  expect(await authorize(apiKey, undefined)).toEqual({ kind: 'refused', reason: 'unknown-key' });
});

test('the right key is accepted', async () => {
  expect(await authorize(apiKey, key)).toMatchObject({ kind: 'accepted', version: 2 });
});
