import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  advance,
  contentsOf,
  day,
  hour,
  isoUtc,
  keyItem,
  managementOf,
  minute,
  refusalOf,
  subscriptionItem,
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

const unknownKeyId = '000000000000';

/** Sends one request after the other with a key until told to stop, and remembers each with its start. */
function traffic(apiKey: string) {
  const requests: { startedAt: number; endedAt: number; status: number }[] = [];
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const startedAt = performance.now();
      const { status } = await stack.evaluate(apiKey);
      requests.push({ startedAt, endedAt: performance.now(), status });
    }
  })();
  const startedAfter = (moment: number) => requests.filter(({ startedAt }) => startedAt > moment);
  return {
    requests,
    startedAfter,
    untilStartedAfter: (moment: number, count: number) =>
      vi.waitFor(() => expect(startedAfter(moment).length).toBeGreaterThanOrEqual(count), {
        timeout: 20_000,
      }),
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

const distinct = (requests: readonly { status: number }[]) => [
  ...new Set(requests.map(({ status }) => status)),
];

/** While the key is under traffic, does what ends its old secret; the old one must be refused from the answer on. */
async function expectRefusedFromTheAnswerOn(apiKey: string, end: () => Promise<string | undefined>) {
  const lanes = [traffic(apiKey), traffic(apiKey)];
  await Promise.all(lanes.map((lane) => lane.untilStartedAfter(0, 5)));
  const begunAt = performance.now();
  const newKey = await end();
  const answeredAt = performance.now();
  const fresh = newKey === undefined ? undefined : traffic(newKey);
  await Promise.all(lanes.map((lane) => lane.untilStartedAfter(answeredAt, 10)));
  await fresh?.untilStartedAfter(answeredAt, 10);
  await Promise.all([...lanes, ...(fresh ? [fresh] : [])].map((lane) => lane.stop()));
  for (const lane of lanes) {
    expect(distinct(lane.requests.filter(({ endedAt }) => endedAt < begunAt))).toEqual([200]);
    expect(distinct(lane.startedAfter(answeredAt))).toEqual([401]);
    expect(distinct(lane.requests).toSorted()).toEqual([200, 401]);
  }
  if (fresh) expect(distinct(fresh.requests)).toEqual([200]);
}

describe('rotate-key without grace (R18)', () => {
  test('answers with the new key, its version and the end of the old one', async () => {
    const key = await management.generate({ email: 'answer@example.com', prefix: 'ci' });
    const answer = await management.rotate({ keyId: key.keyId });
    expect(answer).toEqual({
      keyId: key.keyId,
      apiKey: expect.stringMatching(new RegExp(`^ci_${key.keyId}_[0-9A-Za-z]{49}$`)),
      version: 2,
      oldRetiresAt: expect.stringMatching(isoUtc),
    });
    expect(answer.apiKey).not.toBe(key.apiKey);
    expect(Date.parse(answer.oldRetiresAt)).toBeLessThanOrEqual(stack.clock.now());
  });

  test('refuses the old secret from its answer on and lets the new one through, with no 5xx, under traffic', async () => {
    const key = await management.generate({ email: 'busy@example.com' });
    await expectRefusedFromTheAnswerOn(
      key.apiKey,
      async () => (await management.rotate({ keyId: key.keyId })).apiKey,
    );
  });

  test('is what happens where graceHours is 0, too, and ends a grace that an earlier rotation gave', async () => {
    const key = await management.generate({ email: 'zero@example.com' });
    const { keyId } = key;
    const second = await management.rotate({ keyId, graceHours: 48 });
    const third = await management.rotate({ keyId, graceHours: 0 });
    expect(await Promise.all([key, second, third].map(({ apiKey }) => management.status(apiKey)))).toEqual([
      401, 401, 200,
    ]);
  });
});

describe('rotate-key with grace', () => {
  test('of 24 hours keeps the old secret for 23:59 and refuses it at 24:00; the new one goes on', async () => {
    const key = await management.generate({ email: 'grace@example.com' });
    const rotated = await management.rotate({ keyId: key.keyId, graceHours: 24 });
    const item = await keyItem(stack, key.keyId);
    expect(Date.parse(rotated.oldRetiresAt) - Date.parse(item.change.at)).toBe(24 * hour);
    const both = () => Promise.all([key, rotated].map(({ apiKey }) => management.status(apiKey)));
    expect(await both()).toEqual([200, 200]);
    await stack.clock.moveTo(Date.parse(rotated.oldRetiresAt) - minute);
    expect(await both()).toEqual([200, 200]);
    await stack.clock.moveTo(Date.parse(rotated.oldRetiresAt));
    expect(await both()).toEqual([401, 200]);
  });

  test('a second rotation during a grace leaves at most two live secrets and never lengthens a life', async () => {
    const key = await management.generate({ email: 'chain@example.com' });
    const { keyId } = key;
    const second = await management.rotate({ keyId, graceHours: 24 });
    await advance(stack, hour);
    const third = await management.rotate({ keyId, graceHours: 168 });
    const statuses = () => Promise.all([key, second, third].map(({ apiKey }) => management.status(apiKey)));
    expect(await statuses()).toEqual([401, 200, 200]);
    expect((await keyItem(stack, keyId)).secrets).toMatchObject([
      { version: 2, retiresAt: third.oldRetiresAt },
      { version: 3 },
    ]);

    const fourth = await management.rotate({ keyId, graceHours: 0.5 });
    expect(await statuses()).toEqual([401, 401, 200]);
    await stack.clock.moveTo(Date.parse(fourth.oldRetiresAt));
    expect(await statuses()).toEqual([401, 401, 401]);
    expect(await management.status(fourth.apiKey)).toBe(200);
  });

  test.each([0, 0.25, 168])(
    'of %d hours is within the bounds and kept to the millisecond',
    async (graceHours) => {
      const { keyId } = await management.generate({ email: `grace${graceHours}@example.com` });
      const { oldRetiresAt } = await management.rotate({ keyId, graceHours });
      const { change } = await keyItem(stack, keyId);
      expect(Date.parse(oldRetiresAt) - Date.parse(change.at)).toBe(graceHours * hour);
    },
  );

  test.each([-1, -0.001, 168.001, 1e9])(
    'of %d hours is a ValidationError and writes nothing',
    async (graceHours) => {
      const { keyId, apiKey } = await management.generate({ email: `bad${graceHours}@example.com` });
      const before = await contentsOf(stack);
      expect(await refusalOf(management.rotate({ keyId, graceHours }))).toEqual({
        type: 'ValidationError',
        message: 'graceHours: must be a number of hours from 0 to 168',
      });
      expect(await contentsOf(stack)).toEqual(before);
      expect(await management.status(apiKey)).toBe(200);
    },
  );
});

describe('rotate-key', () => {
  test('restarts the 90 days', async () => {
    const key = await management.generate({ email: 'restart@example.com' });
    await advance(stack, 40 * day);
    const { keyId } = key;
    await management.rotate({ keyId });
    const item = await keyItem(stack, keyId);
    expect(Date.parse(item.rotateAt) - Date.parse(item.change.at)).toBe(90 * day);
    expect(await management.get({ keyId })).toMatchObject({ rotatesAt: item.rotateAt });
    expect(Date.parse(item.rotateAt)).toBeGreaterThan(Date.parse(key.rotatesAt) + 39 * day);
  });

  test('keeps id, subscription, name, tier and usage key', async () => {
    const { keyId } = await management.generate({ email: 'keeps@example.com', name: 'backend' });
    const before = await keyItem(stack, keyId);
    await management.rotate({ keyId, graceHours: 1 });
    const { subscriptionId, name, prefix, tier, usageKey, createdAt } = before;
    expect(await keyItem(stack, keyId)).toMatchObject({
      subscriptionId,
      name,
      prefix,
      tier,
      usageKey,
      createdAt,
    });
  });

  test('of a revoked key is a ConflictError that says so, and writes nothing', async () => {
    const { keyId } = await management.generate({ email: 'dead@example.com' });
    const { revokedAt } = await management.revoke({ keyId });
    const before = await contentsOf(stack);
    expect(await refusalOf(management.rotate({ keyId, graceHours: 24 }))).toMatchObject({
      type: 'ConflictError',
      message: expect.stringContaining(revokedAt),
    });
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('of a suspended key is a ConflictError that names the cause, and writes nothing', async () => {
    const { keyId, apiKey } = await management.generate({ email: 'asleep@example.com' });
    await stack.dynamodb.send(
      new UpdateCommand({
        TableName: tableName(stack, 'Keys'),
        Key: { keyId },
        UpdateExpression: 'SET suspensions = :suspensions ADD revision :one',
        ExpressionAttributeValues: {
          ':suspensions': { payment: { at: new Date(stack.clock.now()).toISOString(), by: 'billing' } },
          ':one': 1,
        },
      }),
    );
    expect(await management.status(apiKey)).toBe(401);
    const before = await contentsOf(stack);
    expect(await refusalOf(management.rotate({ keyId }))).toMatchObject({
      type: 'ConflictError',
      message: expect.stringMatching(/suspended \(payment\)/),
    });
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('of an unknown key is a NotFoundError that names it, and writes nothing', async () => {
    const before = await contentsOf(stack);
    const refusal = await refusalOf(management.rotate({ keyId: unknownKeyId, idempotencyKey: 'unknown' }));
    expect(refusal).toEqual({ type: 'NotFoundError', message: `there is no key ${unknownKeyId}` });
    expect(await contentsOf(stack)).toEqual(before);
  });
});

describe('revoke-key', () => {
  test('answers with the time, and from then on the key is refused, with no 5xx, under traffic', async () => {
    const key = await management.generate({ email: 'fired@example.com' });
    await expectRefusedFromTheAnswerOn(key.apiKey, async () => {
      expect(await management.revoke({ keyId: key.keyId, reason: 'left' })).toEqual({
        keyId: key.keyId,
        revokedAt: expect.stringMatching(isoUtc),
      });
      return undefined;
    });
  });

  test('refuses an old secret even within its grace period', async () => {
    const key = await management.generate({ email: 'graced@example.com' });
    const rotated = await management.rotate({ keyId: key.keyId, graceHours: 168 });
    await management.revoke({ keyId: key.keyId });
    expect(await management.status(key.apiKey)).toBe(401);
    expect(await management.status(rotated.apiKey)).toBe(401);
  });

  test('leaves the other keys of the subscription alone and frees the place', async () => {
    const email = 'pair@example.com';
    const first = await management.generate({ email });
    const second = await management.generate({ email });
    await management.revoke({ keyId: first.keyId });
    expect(await management.status(second.apiKey)).toBe(200);
    const { keyIds } = await subscriptionItem(stack, first.subscriptionId);
    expect(keyIds).toEqual([second.keyId]);
  });

  test('repeated gives the time of the first revocation and writes nothing', async () => {
    const { keyId } = await management.generate({ email: 'again@example.com' });
    const first = await management.revoke({ keyId });
    // Other keys' old secrets retire by the clock meanwhile.
    await advance(stack, day);
    const before = await contentsOf(stack);
    expect(await management.revoke({ keyId, reason: 'another', requestedBy: 'somebody else' })).toEqual(
      first,
    );
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('of an unknown key is a NotFoundError that names it, and writes nothing', async () => {
    const before = await contentsOf(stack);
    expect(await refusalOf(management.revoke({ keyId: unknownKeyId }))).toEqual({
      type: 'NotFoundError',
      message: `there is no key ${unknownKeyId}`,
    });
    expect(await contentsOf(stack)).toEqual(before);
  });
});
