import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatKey } from '../../functions/keys/rules/key-format.ts';
import {
  contentsOf,
  type GeneratedKey,
  hour,
  isoUtc,
  keyItem,
  managementOf,
  refusalOf,
  requestedBy,
  tableName,
} from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let management: ReturnType<typeof managementOf>;
beforeAll(async () => {
  stack = await startTestStack();
  management = managementOf(stack);
});
afterAll(() => stack.close());

/** A text of the form of that key, checksum and all, with another secret. */
function otherSecret({ prefix, keyId }: Pick<GeneratedKey, 'prefix' | 'keyId'>): string {
  return formatKey({ prefix, keyId, secret: 'A'.repeat(43) });
}

describe('get-key', () => {
  test('by keyId tells everything about a fresh key', async () => {
    const key = await management.generate({ email: 'view@example.com', name: 'backend', prefix: 'live' });
    const { keyId, subscriptionId, createdAt, rotatesAt } = key;
    const { usageKey, change } = await keyItem(stack, keyId);
    expect(await management.get({ keyId })).toEqual({
      keyId,
      display: `${key.apiKey.slice(0, 10)}...`,
      subscriptionId,
      name: 'backend',
      prefix: 'live',
      tier: 'pro',
      status: 'active',
      suspensions: {},
      createdAt,
      rotatesAt,
      versions: [{ version: 1, pepper: 'v1', createdAt }],
      retiredVersions: [],
      nextAction: 'notice',
      nextActionAt: expect.stringMatching(isoUtc),
      usageKey,
      revision: 1,
      change,
    });
  });

  test('contains no hash, ciphertext or secret, whatever the item holds', async () => {
    const first = await management.generate({ email: 'bare@example.com', idempotencyKey: 'bare 1' });
    const { keyId } = first;
    const second = await management.rotate({ keyId, graceHours: 24 });
    const third = await management.rotate({ keyId, graceHours: 24, idempotencyKey: 'bare 2' });
    const item = await keyItem(stack, keyId);
    expect(item.handover?.ciphertext).toMatch(/^[0-9A-Za-z+/]+=*$/);
    const answers = await Promise.all([
      management.get({ keyId }),
      ...[first, second, third].map(({ apiKey }) => management.get({ apiKey })),
    ]);
    const forbidden = [
      ...[...item.secrets, ...item.retired].map(({ hash }) => hash),
      item.handover?.ciphertext ?? '',
      ...[first, second, third].flatMap(({ apiKey }) => [apiKey, apiKey.split('_')[2] ?? '']),
    ];
    expect(forbidden).toHaveLength(3 + 1 + 6);
    for (const answer of answers) {
      const text = JSON.stringify(answer);
      for (const secret of forbidden) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/"(hash|ciphertext|secrets?|apiKey)"/);
      expect(answer['handover']).toEqual({ version: 3, expiresAt: item.handover?.expiresAt });
    }
  });

  test('by apiKey tells which version was presented, and whether it still works', async () => {
    const first = await management.generate({ email: 'which@example.com' });
    const { keyId } = first;
    expect(await management.get({ apiKey: first.apiKey })).toMatchObject({
      keyId,
      presented: { version: 1, state: 'live' },
    });
    const second = await management.rotate({ keyId, graceHours: 1 });
    expect(await management.get({ apiKey: first.apiKey })).toMatchObject({
      presented: { version: 1, state: 'live' },
      versions: [{ version: 1, retiresAt: second.oldRetiresAt }, { version: 2 }],
    });
    await stack.clock.moveTo(Date.parse(second.oldRetiresAt));
    const lateView = await management.get({ apiKey: first.apiKey });
    expect(lateView).toMatchObject({
      status: 'active',
      presented: { version: 1, state: 'retired' },
      retiredVersions: [{ version: 1, retiredAt: second.oldRetiresAt }],
    });
    expect(lateView['versions']).toEqual([expect.objectContaining({ version: 2 })]);
    expect(await management.get({ apiKey: second.apiKey })).toMatchObject({
      presented: { version: 2, state: 'live' },
    });
  });

  test('of a revoked key says so, and knows its secrets as retired', async () => {
    const key = await management.generate({ email: 'over@example.com' });
    const { keyId, apiKey } = key;
    const { revokedAt } = await management.revoke({ keyId, reason: 'leaked' });
    const view = await management.get({ apiKey });
    expect(view).toMatchObject({
      status: 'revoked',
      revokedAt,
      versions: [],
      retiredVersions: [{ version: 1, retiredAt: revokedAt }],
      presented: { version: 1, state: 'retired' },
      change: { action: 'revoke-key', reason: 'leaked' },
    });
    for (const gone of ['rotatesAt', 'nextAction', 'nextActionAt', 'handover'])
      expect(view).not.toHaveProperty(gone);
  });

  test('knows the last four retired secrets of a key, and no older ones', async () => {
    const { keyId, apiKey } = await management.generate({ email: 'leak@example.com' });
    const keys = [apiKey];
    for (let round = 0; round < 5; round++) keys.push((await management.rotate({ keyId })).apiKey);
    const [forgotten = '', ...known] = keys;
    for (const [index, retired] of known.entries()) {
      const state = index === 4 ? 'live' : 'retired';
      expect(await management.get({ apiKey: retired })).toMatchObject({
        presented: { version: index + 2, state },
      });
    }
    expect(await refusalOf(management.get({ apiKey: forgotten }))).toMatchObject({ type: 'NotFoundError' });
  });

  test('with a wrong secret or an unknown id is a NotFoundError that shows 10 characters at most', async () => {
    const key = await management.generate({ email: 'wrong@example.com' });
    const wrong = otherSecret(key);
    const refusal = await refusalOf(management.get({ apiKey: wrong }));
    expect(refusal).toEqual({
      type: 'NotFoundError',
      message: `there is no key ${wrong.slice(0, 10)}... with that secret`,
    });
    // The prefix is part of the secret's hash: the right secret under another prefix is another key.
    const secret = key.apiKey.split('_')[2]?.slice(0, 43) ?? '';
    const renamed = formatKey({ prefix: 'admin', keyId: key.keyId, secret });
    expect(await refusalOf(management.get({ apiKey: renamed }))).toMatchObject({ type: 'NotFoundError' });

    const keyId = 'zzzzzzzzzzzz';
    for (const payload of [{ keyId }, { apiKey: otherSecret({ prefix: 'user', keyId }) }]) {
      expect(await refusalOf(management.get(payload))).toEqual({
        type: 'NotFoundError',
        message: `there is no key ${keyId}`,
      });
    }
  });

  test('writes nothing', async () => {
    const { apiKey, keyId } = await management.generate({ email: 'quiet@example.com' });
    const before = await contentsOf(stack);
    await management.get({ keyId });
    await management.get({ apiKey });
    expect(await contentsOf(stack)).toEqual(before);
  });
});

describe('get-usage', () => {
  test('counts per day and key against the tier’s limit', async () => {
    const email = 'counts@example.com';
    const first = await management.generate({ email, tier: 'free' });
    const second = await management.generate({ email, tier: 'free' });
    const { subscriptionId } = first;
    // Noon, so that no request falls into another day or month than the others.
    const noon = Date.parse(
      `${new Date(stack.clock.now() + 24 * hour).toISOString().slice(0, 10)}T12:00:00Z`,
    );
    await stack.clock.moveTo(noon);
    for (let i = 0; i < 3; i++) expect(await management.status(first.apiKey)).toBe(200);
    expect(await management.status(second.apiKey)).toBe(200);
    expect((await stack.evaluate(second.apiKey, { category: 'nonsense' })).status).toBe(400);
    expect(await management.status(otherSecret(first))).toBe(401);

    const today = new Date(noon).toISOString().slice(0, 10);
    const period = today.slice(0, 7);
    const expected = {
      subscriptionId,
      tier: 'free',
      period,
      limit: 100,
      total: 5,
      remaining: 95,
      resetsAt: expect.stringMatching(isoUtc),
      days: { [today]: 5 },
      keys: { [first.keyId]: 3, [second.keyId]: 2 },
    };
    expect(await management.usage({ subscriptionId })).toEqual(expected);
    expect(await management.usage({ subscriptionId, period })).toEqual(expected);
    const { resetsAt } = await management.usage({ subscriptionId });
    expect(resetsAt).toMatch(/^\d{4}-\d\d-01T00:00:00\.000Z$/);
    expect(Date.parse(String(resetsAt))).toBeGreaterThan(stack.clock.now());
    expect(Date.parse(String(resetsAt)) - stack.clock.now()).toBeLessThan(31 * 24 * hour);
  });

  test('goes on through rotation and revocation: the counts are the subscription’s', async () => {
    const key = await management.generate({ email: 'turns@example.com' });
    const { keyId, subscriptionId } = key;
    expect(await management.status(key.apiKey)).toBe(200);
    const { apiKey } = await management.rotate({ keyId });
    expect(await management.status(apiKey)).toBe(200);
    await management.revoke({ keyId });
    expect(await management.status(apiKey)).toBe(401);
    expect(await management.usage({ subscriptionId })).toMatchObject({
      total: 2,
      remaining: 9_998,
      keys: { [keyId]: 2 },
    });
  });

  test('of a month without a request is zero', async () => {
    const { subscriptionId } = await management.generate({ email: 'nothing@example.com' });
    expect(await management.usage({ subscriptionId, period: '2020-02' })).toEqual({
      subscriptionId,
      tier: 'pro',
      period: '2020-02',
      limit: 10_000,
      total: 0,
      remaining: 10_000,
      resetsAt: '2020-03-01T00:00:00.000Z',
      days: {},
      keys: {},
    });
  });

  test('of a month that is over reports the quota and tier of that time', async () => {
    const { subscriptionId } = await management.generate({ email: 'past@example.com' });
    await stack.dynamodb.send(
      new PutCommand({
        TableName: tableName(stack, 'Usage'),
        Item: {
          subscriptionId,
          period: '2024-02',
          total: 60,
          d05: 20,
          d29: 40,
          k_AAAAAAAAAAAA: 60,
          u_AAAAAAAAAAAA_1: 1_709_200_000,
          quota: 100,
          tier: 'free',
        },
      }),
    );
    expect(await management.usage({ subscriptionId, period: '2024-02' })).toEqual({
      subscriptionId,
      tier: 'free',
      period: '2024-02',
      limit: 100,
      total: 60,
      remaining: 40,
      resetsAt: '2024-03-01T00:00:00.000Z',
      days: { '2024-02-05': 20, '2024-02-29': 40 },
      keys: { AAAAAAAAAAAA: 60 },
    });
  });

  test('of an unknown subscription is a NotFoundError that names it', async () => {
    const subscriptionId = `sub_${'0'.repeat(20)}`;
    expect(await refusalOf(management.usage({ subscriptionId }))).toEqual({
      type: 'NotFoundError',
      message: `there is no subscription ${subscriptionId}`,
    });
  });

  test.each([
    '2026',
    '2026-00',
    '2026-13',
    '2026-1',
    '2026-11-01',
    '26-11',
    'november',
    ' 2026-11',
    '2026-11\n',
    '',
  ])('of a period that is no month (%j) is a ValidationError', async (period) => {
    const subscriptionId = `sub_${'0'.repeat(20)}`;
    expect(await refusalOf(management.usage({ subscriptionId, period }))).toEqual({
      type: 'ValidationError',
      message: 'period: must be a month such as 2026-11',
    });
  });
});

test('the reading functions take no requestedBy: what they do not know is refused', async () => {
  const keyId = 'zzzzzzzzzzzz';
  expect(await refusalOf(management.get({ keyId, requestedBy }))).toEqual({
    type: 'ValidationError',
    message: 'requestedBy: is unknown: remove it',
  });
});
