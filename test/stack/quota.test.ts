import { GetUsageCommand, GetUsagePlansCommand, paginateGetApiKeys } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  apiGatewayClient,
  expectProblem,
  inNextMonth,
  type MadeKey,
  makeKey,
  newAddress,
  periodNow,
  quotaExceeded,
  secondsToMonthEnd,
  setClock,
  setUsed,
  usageItem,
} from './request-path-support.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

/**
 * The month's quota is exact, and the rate is the tier's. Tier `free` has its own rate, `pro` a rate that stands in no
 * way, and `enterprise` a quota of 100, so that the gateway's own quota is within reach.
 */

const generous = { ratePerSecond: 10_000, burst: 5_000 };

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({
    overrides: { tiers: { pro: generous, enterprise: { ...generous, requestsPerMonth: 100 } } },
    startsAt: inNextMonth(),
  });
});
afterAll(() => stack.close());

function evaluateMany(apiKey: string, count: number): Promise<HttpAnswer[]> {
  return Promise.all(Array.from({ length: count }, () => stack.evaluate(apiKey)));
}

function withStatus(answers: readonly HttpAnswer[], status: number): HttpAnswer[] {
  return answers.filter((answer) => answer.status === status);
}

const errorTypeOf = ({ headers }: HttpAnswer) => headers.get('x-amzn-errortype');

/** A 429 that says: nothing is left, until the month ends. `since` and `until`: the clock before and after. */
function expectExhausted(answer: HttpAnswer, quota: number, since: number, until: number): void {
  const problem = expectProblem(answer, 429, quotaExceeded, "The month's requests are used up");
  expect(problem['violated-policies']).toEqual(['month']);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeLessThanOrEqual(secondsToMonthEnd(since));
  expect(seconds).toBeGreaterThanOrEqual(secondsToMonthEnd(until));
  expect(answer.headers.get('ratelimit')).toBe(`"month";r=0;t=${seconds}`);
  const now = new Date(until);
  const days = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate();
  expect(answer.headers.get('ratelimit-policy')).toBe(`"month";q=${quota};w=${days * 86_400}`);
}

/** What API Gateway itself has counted for a subscription this month, by its GetUsage. */
async function countedByGateway(key: MadeKey): Promise<number> {
  const client = apiGatewayClient(stack);
  const { items: plans } = await client.send(new GetUsagePlansCommand({}));
  const usagePlanId = plans?.find(({ name }) => name?.endsWith(`-${key.tier}`))?.id;
  let keyId = '';
  for await (const { items } of paginateGetApiKeys({ client }, { includeValues: true })) {
    keyId = items?.find(({ name }) => name?.includes(key.subscriptionId))?.id ?? keyId;
  }
  const today = new Date(stack.clock.now()).toISOString().slice(0, 10);
  const { items } = await client.send(
    new GetUsageCommand({ usagePlanId, keyId, startDate: `${periodNow(stack)}-01`, endDate: today }),
  );
  return (items?.[keyId] ?? []).reduce((sum, [used = 0]) => sum + used, 0);
}

describe('1,000 parallel requests at a subscription with 100 left get exactly 100 answers of 200', () => {
  test('where the meter decides', async () => {
    const key = await makeKey(stack, 'pro');
    await setUsed(stack, key.subscriptionId, 9_900);
    const since = stack.clock.now();
    const answers = await evaluateMany(key.apiKey, 1_000);
    const until = stack.clock.now();

    const accepted = withStatus(answers, 200);
    const refused = withStatus(answers, 429);
    expect([accepted.length, refused.length]).toEqual([100, 900]);
    expect(new Set(refused.map(errorTypeOf))).toEqual(new Set([null]));
    for (const answer of refused) expectExhausted(answer, 10_000, since, until);
    // Each of the hundred has been told another number of requests that remain.
    const remaining = accepted.map(({ headers }) =>
      Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]),
    );
    expect(remaining.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(await usageItem(stack, key.subscriptionId)).toMatchObject({
      total: 10_000,
      [`k_${key.keyId}`]: 100,
    });
  });

  test("where the gateway's quota decides", async () => {
    const key = await makeKey(stack, 'enterprise');
    const since = stack.clock.now();
    const answers = await evaluateMany(key.apiKey, 1_000);
    const until = stack.clock.now();

    const refused = withStatus(answers, 429);
    expect([withStatus(answers, 200).length, refused.length]).toEqual([100, 900]);
    expect(new Set(refused.map(errorTypeOf))).toEqual(new Set(['LimitExceededException']));
    for (const answer of refused) expectExhausted(answer, 100, since, until);
    expect(await usageItem(stack, key.subscriptionId)).toMatchObject({ total: 100 });
    expect(await countedByGateway(key)).toBe(100);
  });
});

test('a caller cannot tell which of the two has refused', async () => {
  const metered = await makeKey(stack, 'enterprise');
  await setUsed(stack, metered.subscriptionId, 100);
  const byMeter = await stack.evaluate(metered.apiKey);
  const planned = await makeKey(stack, 'enterprise');
  await evaluateMany(planned.apiKey, 100);
  const byGateway = await stack.evaluate(planned.apiKey);
  expect([errorTypeOf(byMeter), errorTypeOf(byGateway)]).toEqual([null, 'LimitExceededException']);

  const told = ({ status, body, headers }: HttpAnswer) => ({
    status,
    body: { ...body, requestId: '' },
    headers: [...headers]
      .filter(([name]) => !/^(date|content-length|x-amzn-|x-amz-)/.test(name))
      .map(([name, value]) => [name, value.replace(/\d{4,}$/, (seconds) => seconds.slice(0, -2))]),
  });
  expect(told(byMeter)).toEqual(told(byGateway));
});

test('a request with a bad body costs one like any other; the last one may be such a request', async () => {
  const key = await makeKey(stack, 'pro');
  await setUsed(stack, key.subscriptionId, 9_998);
  expect((await stack.evaluate(key.apiKey, '{')).headers.get('ratelimit')).toMatch(/r=1;/);
  expect((await stack.evaluate(key.apiKey, { amount: -1 })).headers.get('ratelimit')).toMatch(/r=0;/);
  const now = stack.clock.now();
  expectExhausted(await stack.evaluate(key.apiKey), 10_000, now, stack.clock.now());
  expectExhausted(await stack.evaluate(key.apiKey, '{'), 10_000, now, stack.clock.now());
  expect(await usageItem(stack, key.subscriptionId)).toMatchObject({ total: 10_000 });
});

test('all keys of a subscription share its quota, before and after a rotation or a revocation', async () => {
  const email = newAddress();
  const [first, second, third] = [
    await makeKey(stack, 'pro', email),
    await makeKey(stack, 'pro', email),
    await makeKey(stack, 'pro', email),
  ];
  await setUsed(stack, first.subscriptionId, 9_995);
  const remaining = async (apiKey: string) => (await stack.evaluate(apiKey)).headers.get('ratelimit');
  expect(await remaining(first.apiKey)).toMatch(/r=4;/);
  expect(await remaining(second.apiKey)).toMatch(/r=3;/);
  const { apiKey: rotated } = await stack.manage<{ apiKey: string }>('rotate-key', {
    keyId: first.keyId,
    requestedBy: 'an admin',
  });
  expect(await remaining(rotated)).toMatch(/r=2;/);
  await stack.manage('revoke-key', { keyId: second.keyId, requestedBy: 'an admin' });
  expect(await remaining(third.apiKey)).toMatch(/r=1;/);
  const fourth = await makeKey(stack, 'pro', email);
  expect(await remaining(fourth.apiKey)).toMatch(/r=0;/);
  for (const { apiKey } of [{ apiKey: rotated }, third, fourth]) {
    expect((await stack.evaluate(apiKey)).status).toBe(429);
  }
  expect(await usageItem(stack, first.subscriptionId)).toMatchObject({
    total: 10_000,
    [`k_${first.keyId}`]: 2,
    [`k_${second.keyId}`]: 1,
    [`k_${third.keyId}`]: 1,
    [`k_${fourth.keyId}`]: 1,
  });
});

test('one subscription that is used up keeps no other from its requests', async () => {
  const [used, other] = [await makeKey(stack, 'pro'), await makeKey(stack, 'pro')];
  await setUsed(stack, used.subscriptionId, 10_000);
  expect((await stack.evaluate(used.apiKey)).status).toBe(429);
  expect((await stack.evaluate(other.apiKey)).status).toBe(200);
});

test("a burst beyond a tier's rate is throttled: come back in a second, and nothing is counted", async () => {
  const key = await makeKey(stack, 'free');
  const since = performance.now();
  const answers = await evaluateMany(key.apiKey, 30);
  const seconds = (performance.now() - since) / 1000;
  const accepted = withStatus(answers, 200).length;
  const throttled = withStatus(answers, 429);
  // A bucket of 5 that fills by 2 a second.
  expect(accepted).toBeGreaterThanOrEqual(5);
  expect(accepted).toBeLessThanOrEqual(5 + Math.ceil(2 * seconds));
  expect(accepted + throttled.length).toBe(30);
  expect(throttled.length).toBeGreaterThan(0);
  for (const answer of throttled) {
    const problem = expectProblem(answer, 429, quotaExceeded, 'Too many requests at once');
    expect(problem['violated-policies']).toEqual(['rate']);
    expect(answer.headers.get('x-amzn-errortype')).toBe('TooManyRequestsException');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('ratelimit')).toBeNull();
    expect(answer.headers.get('ratelimit-policy')).toBeNull();
  }
  expect(await usageItem(stack, key.subscriptionId)).toMatchObject({ total: accepted });
  expect(await countedByGateway(key)).toBe(accepted);
});

// The last one, for it moves the clock over the end of the month.
test('the quota lasts to the last moment of the month and is whole again with the first of the next', async () => {
  const [metered, planned] = [await makeKey(stack, 'pro'), await makeKey(stack, 'enterprise')];
  await evaluateMany(planned.apiKey, 101);
  await setUsed(stack, metered.subscriptionId, 10_000);
  const now = new Date(stack.clock.now());
  const monthEnd = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  const [before, after] = [periodNow(stack), new Date(monthEnd).toISOString().slice(0, 7)];

  await setClock(stack, new Date(monthEnd - 60_000));
  for (const { apiKey } of [metered, planned]) {
    const since = stack.clock.now();
    const answer = await stack.evaluate(apiKey);
    expectExhausted(answer, apiKey === metered.apiKey ? 10_000 : 100, since, stack.clock.now());
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  }

  await setClock(stack, new Date(monthEnd));
  expect((await stack.evaluate(metered.apiKey)).headers.get('ratelimit')).toMatch(/^"month";r=9999;/);
  expect((await stack.evaluate(planned.apiKey)).headers.get('ratelimit')).toMatch(/^"month";r=99;/);
  expect(await usageItem(stack, metered.subscriptionId, after)).toMatchObject({ total: 1, d01: 1 });
  expect(await usageItem(stack, metered.subscriptionId, before)).toMatchObject({ total: 10_000 });
  expect(await countedByGateway(planned)).toBe(1);
});
