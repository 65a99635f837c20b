import {
  APIGatewayClient,
  type ApiKey,
  CreateApiKeyCommand,
  GetApiKeysCommand,
  GetUsageCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectConsistent,
  type Fleet,
  fleetOf,
  recordOf,
  times,
  trafficOf,
  writeNext,
} from './fleet-support.ts';
import {
  clientOptions,
  contentsOf,
  itemsOf,
  keyItem,
  keysOf,
  refusalOf,
  settled,
  subscriptionItem,
  tableName,
} from './management-support.ts';
import { expectProblem, inNextMonth, quotaExceeded, setUsed } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

const usageKeyLimit = 1_000;
const generous = { ratePerSecond: 10_000, burst: 5_000 };

let stack: TestStack;
let fleet: Fleet;
let apiGateway: APIGatewayClient;
beforeAll(async () => {
  stack = await startTestStack({
    overrides: {
      tiers: { free: generous, pro: generous, enterprise: generous },
      usageKeys: { limit: usageKeyLimit, alarmAt: 1 },
    },
    startsAt: inNextMonth(),
  });
  fleet = fleetOf(stack);
  apiGateway = new APIGatewayClient(clientOptions(stack));
});
afterAll(async () => {
  apiGateway.destroy();
  await stack.close();
});

/** The API Gateway keys with a value; there is at most one. */
async function apiGatewayKey(value: string | undefined): Promise<ApiKey | undefined> {
  const { items = [] } = await apiGateway.send(new GetApiKeysCommand({ includeValues: true, limit: 500 }));
  return items.find((item) => item.value === value);
}

function planOf(tier: string): string {
  const plans = stack.template.byType('AWS::ApiGateway::UsagePlan');
  const plan = plans.find(({ properties }) => String(properties['UsagePlanName']).endsWith(`-${tier}`));
  if (plan === undefined) throw new Error(`tier ${tier} has no usage plan`);
  return plan.ref;
}

async function isAttached(usageKey: ApiKey | undefined, tier: string): Promise<boolean> {
  const { items = [] } = await apiGateway.send(
    new GetUsagePlanKeysCommand({ usagePlanId: planOf(tier), limit: 500 }),
  );
  return items.some(({ id }) => id === usageKey?.id);
}

/** What the gateway has counted for a usage key in a tier's plan this month. */
async function gatewayCount(value: string | undefined, tier: string): Promise<number> {
  const today = new Date(stack.clock.now()).toISOString().slice(0, 10);
  const keyId = (await apiGatewayKey(value))?.id ?? '';
  const { items } = await apiGateway.send(
    new GetUsageCommand({
      usagePlanId: planOf(tier),
      keyId,
      startDate: `${today.slice(0, 7)}-01`,
      endDate: today,
    }),
  );
  return (items?.[keyId] ?? []).reduce((sum, [used = 0]) => sum + used, 0);
}

const rateLimitOf = async (apiKey: string) => {
  const { status, headers } = await stack.evaluate(apiKey);
  const remaining = Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
  const quota = Number(/q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1]);
  return { status, remaining, quota };
};

describe('change-tier', () => {
  test('moves the subscription and all live keys, suspended ones too, in one step; revoked ones stay', async () => {
    const email = 'moves@example.com';
    const keys = await Promise.all(times(4, () => fleet.generate({ email, tier: 'free' })));
    const [suspended, revoked] = keys;
    const { subscriptionId } = keys[0] ?? { subscriptionId: '' };
    await fleet.suspend({ keyId: suspended?.keyId });
    await fleet.revoke({ keyId: revoked?.keyId });
    const before = await keyItem(stack, revoked?.keyId ?? '');
    const live = keys.filter((key) => key !== revoked).map(({ keyId }) => keyId);

    const answer = await fleet.changeTier({
      subscriptionId,
      tier: 'pro',
      reason: 'paid',
      requestedBy: 'Ada',
    });
    expect({ ...answer, keyIds: answer.keyIds.toSorted() }).toEqual({
      subscriptionId,
      tier: 'pro',
      previousTier: 'free',
      keyIds: live.toSorted(),
      requestsPerMonth: 10_000,
    });
    await expectConsistent(stack, subscriptionId);
    const { usageKeys, change, revision } = await subscriptionItem(stack, subscriptionId);
    expect(Object.keys(usageKeys).toSorted()).toEqual(['free', 'pro']);
    expect(new Set(Object.values(usageKeys)).size).toBe(2);
    expect(await keyItem(stack, revoked?.keyId ?? '')).toEqual(before);

    // One act: the same person, request and time on record for each of them.
    const entries = await Promise.all([subscriptionId, ...live].map((subject) => recordOf(stack, subject)));
    expect(change).toMatchObject({ action: 'change-tier', actor: { id: 'Ada' }, reason: 'paid' });
    for (const chain of entries) {
      const { action, actor, requestId, at, reason } = change;
      expect(chain.at(-1)).toMatchObject({ action, actor, requestId, at, reason, state: { tier: 'pro' } });
    }
    expect(entries[0]?.length).toBe(revision);
    expect(entries[0]?.at(-2)).toMatchObject({ action: 'plan-usage-key', actor: { id: 'Ada' } });
  });

  test('keeps the month’s count, and the new limit applies to the very next request', async () => {
    const { subscriptionId, apiKey } = await fleet.generate({ email: 'count@example.com', tier: 'free' });
    for (let i = 1; i <= 3; i++) {
      expect(await rateLimitOf(apiKey)).toEqual({ status: 200, remaining: 100 - i, quota: 100 });
    }
    await fleet.changeTier({ subscriptionId, tier: 'enterprise' });
    expect(await fleet.usage({ subscriptionId })).toMatchObject({
      tier: 'enterprise',
      limit: 1_000_000,
      total: 3,
      remaining: 999_997,
    });
    expect(await rateLimitOf(apiKey)).toEqual({ status: 200, remaining: 999_996, quota: 1_000_000 });
    const own = await stack.request('GET', '/usage', { 'X-API-Key': apiKey });
    expect(own.body).toMatchObject({ tier: 'enterprise', total: 4, limit: 1_000_000 });
  });

  test('the new usage key exists, enabled, in the new tier’s plan alone, and the gateway counts there', async () => {
    const { subscriptionId, apiKey } = await fleet.generate({ email: 'plans@example.com', tier: 'free' });
    expect(await fleet.status(apiKey)).toBe(200);
    await fleet.changeTier({ subscriptionId, tier: 'pro' });
    const { usageKeys } = await subscriptionItem(stack, subscriptionId);
    const usageKey = await apiGatewayKey(usageKeys['pro']);
    expect(usageKey).toMatchObject({ enabled: true, name: expect.stringContaining(`${subscriptionId}-pro`) });
    expect(
      await Promise.all(['free', 'pro', 'enterprise'].map((tier) => isAttached(usageKey, tier))),
    ).toEqual([false, true, false]);
    for (let i = 0; i < 2; i++) expect(await fleet.status(apiKey)).toBe(200);
    expect(await gatewayCount(usageKeys['free'], 'free')).toBe(1);
    expect(await gatewayCount(usageKeys['pro'], 'pro')).toBe(2);
  });

  test('up, down and up again uses each tier’s one usage key, so that the gateway’s counts stay too', async () => {
    const { subscriptionId, apiKey, keyId } = await fleet.generate({
      email: 'yoyo@example.com',
      tier: 'free',
    });
    await fleet.changeTier({ subscriptionId, tier: 'pro' });
    const first = await subscriptionItem(stack, subscriptionId);
    const keysInAll = (await apiGateway.send(new GetApiKeysCommand({ limit: 500 }))).items?.length;
    for (const tier of ['free', 'pro', 'free', 'pro']) {
      const before = await subscriptionItem(stack, subscriptionId);
      expect(await fleet.changeTier({ subscriptionId, tier })).toMatchObject({
        tier,
        previousTier: before.tier,
      });
      expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({
        usageKeys: first.usageKeys,
        revision: before.revision + 1,
      });
      expect(await keyItem(stack, keyId)).toMatchObject({ tier, usageKey: first.usageKeys[tier] });
      expect(await fleet.status(apiKey)).toBe(200);
    }
    expect((await apiGateway.send(new GetApiKeysCommand({ limit: 500 }))).items?.length).toBe(keysInAll);
    expect(await gatewayCount(first.usageKeys['free'], 'free')).toBe(2);
    expect(await gatewayCount(first.usageKeys['pro'], 'pro')).toBe(2);
  });

  test('down below what is used: the quota is exceeded at once, and up again there is room at once', async () => {
    const { subscriptionId, apiKey } = await fleet.generate({ email: 'down@example.com' });
    await setUsed(stack, subscriptionId, 150);
    expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, remaining: 9_849 });
    await fleet.changeTier({ subscriptionId, tier: 'free' });
    const refused = await stack.evaluate(apiKey);
    expectProblem(refused, 429, quotaExceeded, "The month's requests are used up");
    expect(refused.headers.get('ratelimit')).toMatch(/^"month";r=0;/);
    expect(refused.headers.get('ratelimit-policy')).toMatch(/^"month";q=100;/);
    expect(await fleet.usage({ subscriptionId })).toMatchObject({ limit: 100, total: 151, remaining: 0 });
    await fleet.changeTier({ subscriptionId, tier: 'pro' });
    expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, remaining: 9_848 });
  });

  test('to the tier that it has changes nothing', async () => {
    const { subscriptionId, keyId } = await fleet.generate({ email: 'same@example.com' });
    const before = await contentsOf(stack);
    expect(await fleet.changeTier({ subscriptionId, tier: 'pro' })).toEqual({
      subscriptionId,
      tier: 'pro',
      previousTier: 'pro',
      keyIds: [keyId],
      requestsPerMonth: 10_000,
    });
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('lets no request that runs meanwhile fail: each is answered in one tier or the other', async () => {
    const { subscriptionId, apiKey } = await fleet.generate({ email: 'traffic@example.com', tier: 'pro' });
    const lanes = times(2, () => trafficOf(() => stack.evaluate(apiKey)));
    for (const tier of ['enterprise', 'pro', 'enterprise']) {
      await Promise.all(lanes.map((lane) => lane.more(3)));
      await fleet.changeTier({ subscriptionId, tier });
    }
    await Promise.all(lanes.map((lane) => lane.more(3)));
    await Promise.all(lanes.map((lane) => lane.stop()));
    const answers = lanes.flatMap((lane) => lane.answers.map(({ answer }) => answer));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const quotas = new Set(
      answers.map(({ headers }) => /q=\d+/.exec(headers.get('ratelimit-policy') ?? '')?.[0]),
    );
    expect(quotas).toEqual(new Set(['q=10000', 'q=1000000']));
    // Each was counted once, whichever plan it went through.
    expect(await fleet.usage({ subscriptionId })).toMatchObject({ total: answers.length });
    const { usageKeys } = await subscriptionItem(stack, subscriptionId);
    const counted = [
      await gatewayCount(usageKeys['pro'], 'pro'),
      await gatewayCount(usageKeys['enterprise'], 'enterprise'),
    ];
    expect(counted.reduce((sum, each) => sum + each, 0)).toBe(answers.length);
  });

  test('of an unknown subscription is a NotFoundError, a wrong payload a ValidationError; nothing is written', async () => {
    const before = await contentsOf(stack);
    const subscriptionId = `sub_${'0'.repeat(20)}`;
    expect(await refusalOf(fleet.changeTier({ subscriptionId, tier: 'pro' }))).toEqual({
      type: 'NotFoundError',
      message: `there is no subscription ${subscriptionId}`,
    });
    for (const wrong of [
      {},
      { subscriptionId },
      { subscriptionId, tier: 'gold' },
      { subscriptionId: 'platform', tier: 'pro' },
      { subscriptionId: 'counter#usage-keys', tier: 'pro' },
      { subscriptionId, tier: 'pro', requestedBy: undefined },
      { subscriptionId, tier: 'pro', email: 'x@example.com' },
    ]) {
      expect(await refusalOf(fleet.changeTier(wrong))).toMatchObject({ type: 'ValidationError' });
    }
    expect(await contentsOf(stack)).toEqual(before);
  });
});

describe('a change of tier that was cut off', () => {
  const value = (mark: string) => `${mark}${'x'.repeat(40 - mark.length)}`;

  /** A subscription whose usage key for tier enterprise is planned and no more. */
  async function planned(email: string, usageKey: string) {
    const key = await fleet.generate({ email });
    const item = await subscriptionItem(stack, key.subscriptionId);
    const usageKeys = { ...item.usageKeys, enterprise: usageKey };
    await writeNext(stack, 'Subscriptions', item, { usageKeys });
    return key;
  }

  test('after planning the usage key leaves everything as it was, and is gone on with', async () => {
    const key = await planned('planned@example.com', value('planned'));
    const { subscriptionId, apiKey, keyId } = key;
    expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, quota: 10_000 });
    await fleet.changeTier({ subscriptionId, tier: 'enterprise' });
    expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, quota: 1_000_000 });
    expect(await keyItem(stack, keyId)).toMatchObject({ tier: 'enterprise', usageKey: value('planned') });
    const usageKey = await apiGatewayKey(value('planned'));
    expect(usageKey).toMatchObject({ enabled: true });
    expect(await isAttached(usageKey, 'enterprise')).toBe(true);
    expect(await fleet.verify({ subject: subscriptionId })).toMatchObject({ ok: true });
  });

  test('after creating the usage key, neither enabled nor attached, is gone on with', async () => {
    const { subscriptionId, apiKey } = await planned('created@example.com', value('created'));
    const name = `${stack.stackName}-${subscriptionId}-enterprise`;
    await apiGateway.send(new CreateApiKeyCommand({ name, value: value('created'), enabled: false }));
    await fleet.changeTier({ subscriptionId, tier: 'enterprise' });
    const usageKey = await apiGatewayKey(value('created'));
    expect(usageKey).toMatchObject({ enabled: true, name });
    expect(await isAttached(usageKey, 'enterprise')).toBe(true);
    expect(await fleet.status(apiKey)).toBe(200);
  });

  test('because the usage key cannot be had moves neither the subscription nor a key', async () => {
    const { subscriptionId, apiKey } = await planned('taken@example.com', value('taken'));
    await apiGateway.send(
      new CreateApiKeyCommand({ name: 'somebody else’s', value: value('taken'), enabled: true }),
    );
    const before = await contentsOf(stack);
    const refusal = await refusalOf(fleet.changeTier({ subscriptionId, tier: 'enterprise' }));
    expect(refusal.type).not.toMatch(/ValidationError|NotFoundError|ConflictError|LimitError/);
    expect(refusal.message).not.toContain(value('taken'));
    expect(await contentsOf(stack)).toEqual(before);
    expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, quota: 10_000 });
  });
});

describe('many admins at once', () => {
  test('change of tier among new keys, rotations and revocations: all live keys have the one tier', async () => {
    const email = 'crowd@example.com';
    const keys = await Promise.all(times(4, () => fleet.generate({ email })));
    const [first, second, third] = keys;
    const { subscriptionId } = first ?? { subscriptionId: '' };
    const [changes, generated, rotated, revoked] = await Promise.all([
      settled([
        fleet.changeTier({ subscriptionId, tier: 'enterprise' }),
        fleet.changeTier({ subscriptionId, tier: 'free' }),
        fleet.changeTier({ subscriptionId, tier: 'enterprise' }),
      ]),
      settled(['pro', 'enterprise', 'free'].map((tier) => fleet.generate({ email, tier }))),
      settled(times(4, () => fleet.rotate({ keyId: first?.keyId }))),
      settled([second, third].map((key) => fleet.revoke({ keyId: key?.keyId }))),
    ]);
    expect([...changes.refusals, ...rotated.refusals, ...revoked.refusals]).toEqual([]);
    // No key comes out in a tier that its subscription had left.
    for (const refusal of generated.refusals) expect(refusal).toMatch(/^(ConflictError|LimitError)$/);
    await expectConsistent(stack, subscriptionId);
    const { tier } = await subscriptionItem(stack, subscriptionId);
    expect(['enterprise', 'free']).toContain(tier);
    const live = (await keysOf(stack, subscriptionId)).filter((key) => key.revokedAt === undefined);
    expect(live.map(({ keyId }) => keyId).toSorted()).toEqual(
      [first, keys[3], ...generated.answers].map((key) => key?.keyId).toSorted(),
    );
    const newest = rotated.answers.toSorted((a, b) => b.version - a.version)[0];
    for (const apiKey of [newest, keys[3], ...generated.answers].map((key) => key?.apiKey ?? '')) {
      expect(await fleet.status(apiKey)).toBe(200);
    }
    expect(await fleet.verify({ subject: subscriptionId })).toMatchObject({ ok: true });
  });

  test('ten identical changes at once are one: one usage key, one step for each item', async () => {
    const { subscriptionId, keyId } = await fleet.generate({ email: 'ten@example.com' });
    const { revision } = await subscriptionItem(stack, subscriptionId);
    const answers = await Promise.all(times(10, () => fleet.changeTier({ subscriptionId, tier: 'free' })));
    expect(new Set(answers.map(({ tier }) => tier))).toEqual(new Set(['free']));
    expect(answers.filter(({ previousTier }) => previousTier === 'pro')).toHaveLength(1);
    expect((await subscriptionItem(stack, subscriptionId)).revision).toBe(revision + 2);
    expect(await keyItem(stack, keyId)).toMatchObject({ revision: 2, tier: 'free' });
  });

  // The last one: no usage key is left afterwards.
  test('for the last usage key: one gets it, the others a LimitError, and for them nothing has changed', async () => {
    const owners = await Promise.all(
      times(4, (index) => fleet.generate({ email: `last${index}@example.com` })),
    );
    const counter = { subscriptionId: 'counter#usage-keys' };
    await stack.dynamodb.send(
      new UpdateCommand({
        TableName: tableName(stack, 'Subscriptions'),
        Key: counter,
        UpdateExpression: 'SET #count = :count',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':count': usageKeyLimit - 1 },
      }),
    );
    const before = await Promise.all(owners.map((owner) => subscriptionItem(stack, owner.subscriptionId)));
    const { answers, refusals } = await settled(
      owners.map(({ subscriptionId }) => fleet.changeTier({ subscriptionId, tier: 'enterprise' })),
    );
    expect(answers).toHaveLength(1);
    expect(refusals).toEqual(Array(3).fill('LimitError'));
    for (const [index, { subscriptionId, apiKey, keyId }] of owners.entries()) {
      const won = answers[0]?.subscriptionId === subscriptionId;
      expect(await rateLimitOf(apiKey)).toMatchObject({ status: 200, quota: won ? 1_000_000 : 10_000 });
      await expectConsistent(stack, subscriptionId);
      if (won) continue;
      expect(await subscriptionItem(stack, subscriptionId)).toEqual(before[index]);
      expect(await keyItem(stack, keyId)).toMatchObject({ revision: 1 });
      // A tier that it has had costs no further usage key.
      expect(await refusalOf(fleet.changeTier({ subscriptionId, tier: 'free' }))).toMatchObject({
        type: 'LimitError',
        message: expect.stringContaining('docs/scale.md'),
      });
    }
    const winner = answers[0]?.subscriptionId ?? '';
    expect(await fleet.changeTier({ subscriptionId: winner, tier: 'pro' })).toMatchObject({ tier: 'pro' });
    const items = await itemsOf(stack, 'Subscriptions');
    expect(items.find(({ subscriptionId }) => subscriptionId === counter.subscriptionId)).toMatchObject({
      count: usageKeyLimit,
    });
  });
});
