import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  advance,
  contentsOf,
  itemsOf,
  keyItem,
  keysOf,
  managementOf,
  minute,
  refusalOf,
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

const records = async () =>
  (await itemsOf(stack, 'Subscriptions')).filter((item) =>
    String(item['subscriptionId']).startsWith('idempotency#'),
  );

test('the local AWS endpoint tells no time of its own: a function on the moved clock would retry every error as clock skew', async () => {
  const answer = await fetch(stack.awsEndpoint);
  expect(answer.headers.get('x-amzn-requestid')).not.toBeNull();
  expect(answer.headers.get('date')).toBeNull();
});

describe('generate-key with an idempotencyKey', () => {
  test('repeated within 10 minutes gives the same answer, the apiKey too, and mints nothing', async () => {
    const request = { email: 'ada@example.com', name: 'mine', idempotencyKey: 'ada 1' };
    const first = await management.generate(request);
    const before = await contentsOf(stack);
    expect(await management.generate(request)).toEqual(first);
    // Asked by somebody else in another order: still the same request.
    const { idempotencyKey, name, email } = request;
    expect(await management.generate({ idempotencyKey, name, email, requestedBy: 'a colleague' })).toEqual(
      first,
    );
    // By the act's own time: what the machine took until here is part of it.
    await stack.clock.moveTo(Date.parse(first.createdAt) + 9.9 * minute);
    expect(await management.generate(request)).toEqual(first);
    expect(await contentsOf(stack)).toEqual(before);
    expect(await management.status(first.apiKey)).toBe(200);
  });

  test('repeated after 10 minutes mints anew, and the record of the first is gone', async () => {
    const request = { email: 'later@example.com', idempotencyKey: 'later 1' };
    const first = await management.generate(request);
    expect(await records()).not.toEqual([]);
    for (const record of await records()) expect(record['expiresAt']).toEqual(expect.any(Number));
    const [record] = (await records()).filter((item) => item['keyId'] === first.keyId);
    const lifetime = Number(record?.['expiresAt']) - Math.floor(Date.parse(first.createdAt) / 1000);
    expect(lifetime).toBe(600);

    await advance(stack, 10 * minute + 1000);
    await expect.poll(records).toEqual([]);
    const second = await management.generate(request);
    expect(second.keyId).not.toBe(first.keyId);
    expect(second.subscriptionId).toBe(first.subscriptionId);
    expect(await keysOf(stack, first.subscriptionId)).toHaveLength(2);
    expect(await management.status(first.apiKey)).toBe(200);
  });

  test('is not held up by an expired record that DynamoDB has not deleted yet', async () => {
    const request = { email: 'late@example.com', idempotencyKey: 'late 1' };
    const first = await management.generate(request);
    const [record] = (await records()).filter((item) => item['keyId'] === first.keyId);
    await advance(stack, 10 * minute + 1000);
    await expect.poll(records).toEqual([]);
    await stack.dynamodb.send(
      new PutCommand({ TableName: tableName(stack, 'Subscriptions'), Item: record ?? {} }),
    );
    const second = await management.generate(request);
    expect(second.keyId).not.toBe(first.keyId);
    expect(await management.generate(request)).toEqual(second);
  });

  test('used for another request is a ConflictError, and nothing is written', async () => {
    const request = { email: 'grace@example.com', idempotencyKey: 'grace 1' };
    await management.generate(request);
    const before = await contentsOf(stack);
    for (const other of [
      { name: 'other' },
      { prefix: 'other' },
      { tier: 'free' },
      { email: 'other@example.com' },
    ]) {
      const refusal = await refusalOf(management.generate({ ...request, ...other }));
      expect(refusal).toMatchObject({
        type: 'ConflictError',
        message: expect.stringMatching(/idempotencyKey/),
      });
      expect(refusal.message).not.toContain('grace 1');
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('repeated after its key was rotated or revoked is a ConflictError that says so and mints nothing', async () => {
    for (const [act, end] of [
      ['rotated', (keyId: string) => management.rotate({ keyId, graceHours: 24 })],
      ['revoked', (keyId: string) => management.revoke({ keyId })],
    ] as const) {
      const request = { email: `${act}@example.com`, idempotencyKey: `${act} since` };
      const { keyId } = await management.generate(request);
      await end(keyId);
      const before = await contentsOf(stack);
      const refusal = await refusalOf(management.generate(request));
      expect(refusal.type).toBe('ConflictError');
      expect(refusal.message).toContain(keyId);
      expect(refusal.message).toMatch(/replaced or revoked since/);
      expect(await contentsOf(stack)).toEqual(before);
    }
  });

  test('of a refused request stays free for the request that is right', async () => {
    const email = 'retry@example.com';
    await management.generate({ email, tier: 'free' });
    const idempotencyKey = 'retry 1';
    expect(await refusalOf(management.generate({ email, tier: 'pro', idempotencyKey }))).toMatchObject({
      type: 'ConflictError',
    });
    const key = await management.generate({ email, tier: 'free', idempotencyKey });
    expect(await management.status(key.apiKey)).toBe(200);
  });

  test('means something else to rotate-key', async () => {
    const idempotencyKey = 'one key for two acts';
    const key = await management.generate({ email: 'acts@example.com', idempotencyKey });
    const rotated = await management.rotate({ keyId: key.keyId, idempotencyKey });
    expect(rotated).toMatchObject({ version: 2 });
    expect(await management.status(rotated.apiKey)).toBe(200);
  });
});

describe('rotate-key with an idempotencyKey', () => {
  test('repeated within 10 minutes gives the same answer and rotates once; after them it rotates again', async () => {
    const { keyId } = await management.generate({ email: 'turn@example.com' });
    const request = { keyId, graceHours: 24, reason: 'routine', idempotencyKey: 'turn 1' };
    const first = await management.rotate(request);
    const before = await contentsOf(stack);
    await advance(stack, 9.9 * minute);
    expect(await management.rotate(request)).toEqual(first);
    expect((await contentsOf(stack))['Keys']).toEqual(before['Keys']);
    expect(await keyItem(stack, keyId)).toMatchObject({ revision: 2 });

    await advance(stack, 0.2 * minute);
    const second = await management.rotate(request);
    expect(second.version).toBe(3);
    expect(second.apiKey).not.toBe(first.apiKey);
    expect(await management.status(second.apiKey)).toBe(200);
  });

  test('used for another rotation is a ConflictError, and nothing is written', async () => {
    const { keyId } = await management.generate({ email: 'mix@example.com' });
    const other = await management.generate({ email: 'mix@example.com' });
    await management.rotate({ keyId, idempotencyKey: 'mix 1' });
    const before = await contentsOf(stack);
    for (const change of [{ keyId: other.keyId }, { graceHours: 1 }, { reason: 'another' }]) {
      const refusal = await refusalOf(management.rotate({ keyId, idempotencyKey: 'mix 1', ...change }));
      expect(refusal).toMatchObject({
        type: 'ConflictError',
        message: expect.stringMatching(/idempotencyKey/),
      });
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('repeated after another rotation or a revocation is a ConflictError that says so', async () => {
    const { keyId } = await management.generate({ email: 'twice@example.com' });
    await management.rotate({ keyId, idempotencyKey: 'twice 1' });
    const { version } = await management.rotate({ keyId, idempotencyKey: 'twice 2' });
    expect(version).toBe(3);
    await expectReplaced('twice 1');
    await management.revoke({ keyId });
    await expectReplaced('twice 2');

    async function expectReplaced(idempotencyKey: string) {
      const before = await contentsOf(stack);
      const refusal = await refusalOf(management.rotate({ keyId, idempotencyKey }));
      expect(refusal).toMatchObject({
        type: 'ConflictError',
        message: expect.stringMatching(/replaced or revoked since/),
      });
      expect(await contentsOf(stack)).toEqual(before);
    }
  });
});
