import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashKey } from '../../functions/keys/rules/key-format.ts';
import { type FaultyFront, startFaultyFront } from './faulty-aws.ts';
import {
  changeKeyItem,
  expectProblem,
  expectUnavailable,
  keyItem,
  type MadeKey,
  makeKey,
  pepperSecret,
  usageItem,
} from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** The request path while something it depends on fails: it refuses to decide, tells when to come back, and recovers. */

let stack: TestStack;
let key: MadeKey;
let pepper: ReturnType<typeof pepperSecret>;
beforeAll(async () => {
  stack = await startTestStack();
  key = await makeKey(stack);
  pepper = pepperSecret(stack);
});
afterAll(() => stack.close());

/** A front whose functions have started and have read nothing yet. */
async function withFront(work: (front: FaultyFront) => Promise<void>): Promise<void> {
  const front = await startFaultyFront(stack);
  try {
    await work(front);
  } finally {
    await front.close();
  }
}

describe('a broken pepper secret', () => {
  test.each([
    ['no JSON', (v1: string) => `{"current":"v1","v1":"${v1}`],
    ['JSON that is no object', () => '"v1"'],
    ['an empty text', () => ' '],
    ['no current pepper', (v1: string) => JSON.stringify({ v1 })],
    ['a short pepper', () => JSON.stringify({ current: 'v1', v1: 'short' })],
    ['an empty pepper', () => JSON.stringify({ current: 'v1', v1: '' })],
    [
      'no pepper of the name that the key was hashed with',
      (v1: string) => JSON.stringify({ current: 'v2', v2: v1 }),
    ],
  ])('%s: no key is accepted, and none is called wrong', async (_, broken) => {
    const right = await pepper.read();
    await pepper.write(broken(right['v1'] ?? ''));
    try {
      expectUnavailable(await stack.evaluate(key.apiKey));
    } finally {
      await pepper.write(JSON.stringify(right));
    }
  });

  test('what is wrong is logged without any part of the secret, and counted', async () => {
    await vi.waitFor(async () => {
      const logs = await stack.logs();
      expect(logs).toContain('the pepper secret is not JSON');
      expect(logs).toContain('"AuthorizerFailures":1');
    });
    expect(await stack.logs()).not.toContain((await pepper.read())['v1']);
  });

  test('as soon as the secret is right again, the same instance accepts the key', async () => {
    await vi.waitFor(async () => expect((await stack.evaluate(key.apiKey)).status).toBe(200), {
      timeout: 5_000,
      interval: 100,
    });
    expect(await usageItem(stack, key.subscriptionId)).toMatchObject({ total: 1 });
  });
});

test('a pepper that is added later is picked up without a restart, and the old one goes on working', async () => {
  const made = await makeKey(stack);
  expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  const peppers = await pepper.read();
  const v2 = 'q'.repeat(64);
  await pepper.write(JSON.stringify({ ...peppers, v2, current: 'v2' }));
  // What a function instance does that has started after the change.
  const { secrets } = await keyItem(stack, made.keyId);
  await changeKeyItem(stack, made.keyId, {
    secrets: (secrets as object[]).map((secret) => ({
      ...secret,
      pepper: 'v2',
      hash: hashKey(made.apiKey, v2),
    })),
  });
  await vi.waitFor(async () => expect((await stack.evaluate(made.apiKey)).status).toBe(200), {
    timeout: 5_000,
    interval: 100,
  });
  expect((await stack.evaluate(key.apiKey)).status).toBe(200);
});

test('a key made by a function that starts after the pepper was replaced is hashed with the new one, and works', async () => {
  await withFront(async (front) => {
    const made = await front.manage<MadeKey>('generate-key', {
      tier: 'pro',
      email: 'after-the-new-pepper@example.com',
      requestedBy: 'an admin',
    });
    expect((await keyItem(stack, made.keyId))['secrets']).toMatchObject([{ pepper: 'v2' }]);
    expect((await front.evaluate(made.apiKey)).status).toBe(200);
    expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  });
});

describe('the authorizer', () => {
  test('answers 503 and accepts nobody while the Keys table fails, and works again afterwards', async () => {
    await withFront(async (front) => {
      for (const error of ['InternalServerError', 'ResourceNotFoundException', 'AccessDeniedException']) {
        front.aws.setFault((operation) => (operation === 'GetItem' ? { status: 400, error } : undefined));
        expectUnavailable(await front.evaluate(key.apiKey));
        expect(front.aws.calls).not.toContain('UpdateItem');
      }
      expect(front.log('authorize-request')).toContain('"AuthorizerFailures":1');
      front.aws.setFault(() => undefined);
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
    });
  });

  test('tries another connection when one breaks or says nothing, within its five seconds', async () => {
    await withFront(async (front) => {
      front.aws.setFault((operation, count) =>
        operation === 'GetItem' && count === 1 ? 'connection-lost' : undefined,
      );
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
      front.aws.setFault((operation, count) =>
        operation === 'GetItem' && count === 1 ? 'silence' : undefined,
      );
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
      expect(front.aws.calls).toEqual(['GetItem', 'GetItem', 'UpdateItem']);
    });
  });

  test('costs nothing for what is no key, and one read for what might be one', async () => {
    await withFront(async (front) => {
      expect((await front.evaluate('user_no-key')).status).toBe(401);
      expect(front.aws.calls).toEqual([]);
      await front.evaluate(key.apiKey);
      expect(front.aws.calls).toEqual(['GetItem', 'GetSecretValue', 'UpdateItem']);
      front.aws.setFault(() => undefined);
      await front.evaluate(key.apiKey);
      expect(front.aws.calls).toEqual(['GetItem', 'UpdateItem']);
    });
  });

  test('answers 503 while the pepper cannot be read, and goes on with what it has read once', async () => {
    await withFront(async (front) => {
      const unreadable = (operation: string) =>
        operation === 'GetSecretValue' ? { status: 500, error: 'InternalServiceError' } : undefined;
      front.aws.setFault(unreadable);
      expectUnavailable(await front.evaluate(key.apiKey));
      front.aws.setFault(() => undefined);
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
      front.aws.setFault(unreadable);
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
    });
  });

  test('does not forget its peppers over an item that names an unknown one while the secret cannot be read', async () => {
    const stray = await makeKey(stack);
    const { secrets } = await keyItem(stack, stray.keyId);
    await changeKeyItem(stack, stray.keyId, {
      secrets: (secrets as object[]).map((secret) => ({ ...secret, pepper: 'v9' })),
    });
    await withFront(async (front) => {
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
      front.aws.setFault((operation) =>
        operation === 'GetSecretValue' ? { status: 400, error: 'AccessDeniedException' } : undefined,
      );
      expectUnavailable(await front.evaluate(stray.apiKey));
      expect(front.aws.calls).toContain('GetSecretValue');
      expect((await front.evaluate(key.apiKey)).status).toBe(200);
    });
  });
});

describe('counting', () => {
  let front: FaultyFront;
  beforeAll(async () => {
    front = await startFaultyFront(stack);
  });
  afterAll(() => front.close());

  /** How many requests this front has answered with a metric of that name. */
  const countOf = (metric: string) => front.log('evaluate-decision').split(`"${metric}":1`).length - 1;
  const metrics = () => ({
    unknown: countOf('MeterUnknownOutcomes'),
    unavailable: countOf('MeterUnavailable'),
  });

  test.each([
    ['the answer of the count is lost', 'answer-lost', 1],
    ['the connection breaks', 'connection-lost', 0],
    ['DynamoDB reports a fault of its own', { status: 500, error: 'InternalServerError' }, 0],
  ] as const)('%s: 503, counted as an unknown outcome, and not tried again', async (_, fault, counted) => {
    const made = await makeKey(stack);
    const before = metrics();
    front.aws.setFault((operation) => (operation === 'UpdateItem' ? fault : undefined));
    const answer = await front.evaluate(made.apiKey);
    expectUnavailable(answer);
    expect(answer.headers.get('ratelimit')).toBeNull();
    expect(front.aws.calls.filter((call) => call === 'UpdateItem')).toHaveLength(1);
    expect(metrics()).toEqual({ ...before, unknown: before.unknown + 1 });

    front.aws.setFault(() => undefined);
    expect((await front.evaluate(made.apiKey)).status).toBe(200);
    expect(await usageItem(stack, made.subscriptionId)).toMatchObject({ total: counted + 1 });
  });

  test('a count that is throttled is tried again and counted once', async () => {
    const made = await makeKey(stack);
    front.aws.setFault((operation, count) =>
      operation === 'UpdateItem' && count < 3 ? { status: 400, error: 'ThrottlingException' } : undefined,
    );
    expect((await front.evaluate(made.apiKey)).status).toBe(200);
    expect(front.aws.calls.filter((call) => call === 'UpdateItem')).toHaveLength(3);
    expect(await usageItem(stack, made.subscriptionId)).toMatchObject({ total: 1 });
  });

  test('throttled again and again, the request gets 503 and is not counted', async () => {
    const made = await makeKey(stack);
    const before = metrics();
    front.aws.setFault((operation) =>
      operation === 'UpdateItem'
        ? { status: 400, error: 'ProvisionedThroughputExceededException' }
        : undefined,
    );
    expectUnavailable(await front.evaluate(made.apiKey));
    expect(metrics()).toEqual({ ...before, unavailable: before.unavailable + 1 });
    expect(await usageItem(stack, made.subscriptionId)).toEqual({});
  });

  test('GET /usage answers a problem, and never a wrong count, while the Usage table fails', async () => {
    front.aws.setFault((operation, count) =>
      operation === 'GetItem' && count > 1 ? { status: 400, error: 'AccessDeniedException' } : undefined,
    );
    const answer = await front.usage(key.apiKey);
    expectProblem(answer, 503, 'service-unavailable', 'Temporarily unavailable');
    expect(answer.headers.get('retry-after')).toBe('5');
    front.aws.setFault(() => undefined);
    expect((await front.usage(key.apiKey)).body).toMatchObject({ subscriptionId: key.subscriptionId });
  });
});
