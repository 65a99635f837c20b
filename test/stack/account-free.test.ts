import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSubscriber, type Subscriber } from './account-support.ts';
import { subscriptionItem } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let ada: Subscriber;

beforeAll(async () => {
  stack = await startTestStack({ overrides: {} });
  ada = await newSubscriber(stack, 'ada@example.com');
});
afterAll(() => stack.close());

describe('a stranger becomes a subscriber of tier free', () => {
  test('R1: has an account from the first call of a fresh sign-in, even of twenty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.call('GET', '/account')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.subscriptionId)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({
      email: 'ada@example.com',
      tier: 'free',
      requestsPerMonth: 100,
      ratePerSecond: 2,
      burst: 5,
      keys: { live: 0, maximum: 5 },
      usage: { total: 0, limit: 100, remaining: 100 },
      support: { supportAddress: 'support@aiweedcompany.com' },
    });
  });

  test('R2: is offered every tier with what it gives and costs, and why one cannot be chosen', async () => {
    const { body } = await ada.call('GET', '/account');
    expect(body.tiers).toMatchObject([
      { name: 'free', requestsPerMonth: 100, pricePerMonth: 0, payment: 'none', available: true },
      { name: 'pro', requestsPerMonth: 10_000, pricePerMonth: 49, payment: 'checkout', available: false },
      { name: 'enterprise', requestsPerMonth: 1_000_000, payment: 'approval', available: true },
    ]);
    expect(body.tiers[1].unavailableBecause).toContain('Payment');
    expect(body.tiers[2]).not.toHaveProperty('pricePerMonth');
  });

  test('an account takes no usage key of API Gateway until it has a first key', async () => {
    const stranger = await newSubscriber(stack, 'only-looks@example.com');
    const { body } = await stranger.call('GET', '/account');
    const before = await subscriptionItem(stack, body.subscriptionId);
    expect(before.usageKeys).toEqual({});
    expect((await stranger.call('POST', '/account/keys', {})).status).toBe(201);
    expect(Object.keys((await subscriptionItem(stack, body.subscriptionId)).usageKeys)).toEqual(['free']);
  });

  test('R4, R13, R14: makes a key, calls the API with it, and sees the use as the API announces it', async () => {
    const made = await ada.call('POST', '/account/keys', { name: 'Production', prefix: 'prod' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ tier: 'free', name: 'Production', prefix: 'prod', version: 1 });
    const { apiKey, keyId } = made.body;

    const used = await stack.evaluate(apiKey);
    expect(used.status).toBe(200);
    const usage = await ada.call('GET', '/account/usage');
    expect(usage.body).toMatchObject({ total: 1, limit: 100, remaining: 99, keys: { [keyId]: 1 } });
    for (const name of ['RateLimit-Policy', 'RateLimit']) {
      const withoutSeconds = (value: string | null) => value?.replace(/t=\d+$/, '');
      expect(withoutSeconds(usage.headers.get(name))).toBe(withoutSeconds(used.headers.get(name)));
    }
    const one = await ada.call('GET', `/account/keys/${keyId}`);
    expect(one.body).toMatchObject({
      display: `${apiKey.slice(0, 10)}...`,
      status: 'active',
      requestsThisMonth: 1,
      versions: [{ version: 1, lastUsedAt: expect.any(String) }],
    });
    const all = await ada.call('GET', '/account/keys');
    expect(all.body.keys).toEqual([one.body]);
    const text = JSON.stringify([one.body, all.body]);
    expect(text).not.toContain(apiKey.slice(18));
    expect(text).not.toContain('hash');
    expect(text).not.toContain('usageKey');
  });

  test('looks months back, and is told what a month is where it is none', async () => {
    const past = await ada.call('GET', '/account/usage?period=2026-01');
    expect(past.body).toMatchObject({ period: '2026-01', total: 0 });
    expect(past.headers.get('RateLimit')).toBeNull();
    const wrong = await ada.call('GET', '/account/usage?period=January&other=1');
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors).toEqual([
      { path: 'query.period', detail: 'must be a month such as 2026-11' },
      { path: 'query.other', detail: 'is not a parameter of this request: remove it' },
    ]);
  });

  test('a sixth key is refused in plain words, and a revoked one makes room', async () => {
    const eve = await newSubscriber(stack, 'eve@example.com');
    const made = [];
    for (let n = 1; n <= 5; n++) made.push(await eve.call('POST', '/account/keys', { name: `key ${n}` }));
    expect(made.map(({ status }) => status)).toEqual(Array(5).fill(201));
    const sixth = await eve.call('POST', '/account/keys', {});
    expect(sixth.status).toBe(409);
    expect(sixth.body).toMatchObject({ type: expect.stringMatching(/limit-reached$/) });
    expect(sixth.body.detail).toContain('5 keys');
    const { keyId, apiKey } = made[0]?.body ?? {};
    const revoked = await eve.call('DELETE', `/account/keys/${keyId}`);
    expect(revoked.body).toEqual({ keyId, revokedAt: expect.any(String) });
    expect((await stack.evaluate(apiKey)).status).toBe(401);
    expect((await eve.call('DELETE', `/account/keys/${keyId}`)).body).toEqual(revoked.body);
    expect((await eve.call('POST', '/account/keys', {})).status).toBe(201);
    const { body } = await eve.call('GET', '/account/keys?limit=4');
    expect(body.keys).toHaveLength(4);
    const rest = await eve.call('GET', `/account/keys?cursor=${body.cursor}`);
    expect(rest.body.keys).toHaveLength(2);
  });

  test('every fault of a request is told with its path, and nothing is done', async () => {
    const before = (await ada.call('GET', '/account')).body.keys;
    const { status, body } = await ada.call('POST', '/account/keys', { name: '', prefix: 'X', tier: 'pro' });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'name',
      'prefix',
      'tier',
    ]);
    for (const malformed of ['{"name":', '[]', '"text"', 'null']) {
      const refused = await ada.call('POST', '/account/keys', malformed);
      expect([malformed, refused.status]).toEqual([malformed, 400]);
      expect(refused.body.errors).toMatchObject([{ path: 'body' }]);
      expect(refused.text).not.toContain('expected object');
    }
    const note = await ada.call('PUT', '/account/tier', { tier: 'free', note: 'thank you' });
    expect(note.body.errors).toMatchObject([{ path: 'note' }]);
    const long = await ada.call('PUT', '/account/settings', { name: 'x'.repeat(90_000) });
    expect(long.body.errors).toMatchObject([{ path: 'body', detail: expect.stringContaining('too large') }]);
    expect((await ada.call('GET', '/account/keys/nonsense')).body.errors).toMatchObject([
      { path: 'path.keyId' },
    ]);
    expect((await ada.call('GET', '/account')).body.keys).toEqual(before);
  });
});

describe('a subscription that an admin made', () => {
  test('joins the account that proves its address, with its keys, tier and count', async () => {
    const email = 'carol@example.com';
    const made = await stack.manage<{ apiKey: string; keyId: string; subscriptionId: string }>(
      'generate-key',
      {
        tier: 'pro',
        email,
        requestedBy: 'an admin',
      },
    );
    expect((await stack.evaluate(made.apiKey)).status).toBe(200);
    const carol = await newSubscriber(stack, email);
    const { body } = await carol.call('GET', '/account');
    expect(body).toMatchObject({
      subscriptionId: made.subscriptionId,
      tier: 'pro',
      usage: { total: 1 },
      keys: { live: 1 },
    });
    const keys = await carol.call('GET', '/account/keys');
    expect(keys.body.keys).toMatchObject([{ keyId: made.keyId }]);
    expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  });

  test('is nobody else’s: another address opens another account', async () => {
    const made = await stack.manage<{ subscriptionId: string }>('generate-key', {
      tier: 'pro',
      email: 'dave@example.com',
      requestedBy: 'an admin',
    });
    const other = await newSubscriber(stack, 'dave@example.org');
    const { body } = await other.call('GET', '/account');
    expect(body.subscriptionId).not.toBe(made.subscriptionId);
    expect(body.tier).toBe('free');
  });
});
