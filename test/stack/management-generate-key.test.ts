import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseKey } from '../../functions/keys/rules/key-format.ts';
import {
  contentsOf,
  day,
  isoUtc,
  itemsOf,
  keysOf,
  managementOf,
  refusalOf,
  requestedBy,
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

describe('the answer of generate-key (R4)', () => {
  test('has exactly the fields of the contract, and defaults where nothing was asked', async () => {
    const before = stack.clock.now();
    const answer = await management.generate({ tier: 'free', email: 'shape@example.com' });
    expect(answer).toEqual({
      keyId: expect.stringMatching(/^[0-9A-Za-z]{12}$/),
      apiKey: expect.any(String),
      subscriptionId: expect.stringMatching(/^sub_[0-9A-Za-z]{20}$/),
      tier: 'free',
      prefix: 'user',
      name: 'default',
      version: 1,
      createdAt: expect.stringMatching(isoUtc),
      rotatesAt: expect.stringMatching(isoUtc),
      requestsPerMonth: 100,
      warning: expect.stringMatching(/\S/),
    });
    expect(Date.parse(answer.createdAt)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(answer.createdAt)).toBeLessThanOrEqual(stack.clock.now());
    expect(Date.parse(answer.rotatesAt) - Date.parse(answer.createdAt)).toBe(90 * day);
    expect(parseKey(answer.apiKey)).toEqual({ prefix: 'user', keyId: answer.keyId });
    expect(answer.warning).not.toContain(answer.apiKey);
  });

  test('honours prefix, name and tier', async () => {
    const answer = await management.generate({
      tier: 'enterprise',
      email: 'asked@example.com',
      prefix: 'live2',
      name: 'Köln, backend ☂',
    });
    expect(answer).toMatchObject({
      tier: 'enterprise',
      prefix: 'live2',
      name: 'Köln, backend ☂',
      requestsPerMonth: 1_000_000,
    });
    expect(answer.apiKey).toMatch(/^live2_/);
    expect(await management.status(answer.apiKey)).toBe(200);
  });
});

describe('whose key it is', () => {
  test('a known e-mail in any spelling of its case gets another key on the same subscription', async () => {
    const first = await management.generate({ email: 'Grace.Hopper@Example.com' });
    const second = await management.generate({ email: 'grace.hopper@EXAMPLE.COM', name: 'second' });
    expect(second.subscriptionId).toBe(first.subscriptionId);
    expect(second.keyId).not.toBe(first.keyId);
    const { keyIds } = await subscriptionItem(stack, first.subscriptionId);
    expect(keyIds).toEqual([first.keyId, second.keyId]);
    expect(await management.status(first.apiKey)).toBe(200);
    expect(await management.status(second.apiKey)).toBe(200);
  });

  test('a subscriptionId with its own e-mail gets another key on that subscription', async () => {
    const first = await management.generate({ email: 'byid@example.com' });
    const { subscriptionId } = first;
    const second = await management.generate({ email: 'ById@example.com', subscriptionId });
    expect(second.subscriptionId).toBe(subscriptionId);
  });

  test('two e-mails get two subscriptions, each with a usage key of its own', async () => {
    const a = await management.generate({ email: 'one@example.com' });
    const b = await management.generate({ email: 'two@example.com' });
    expect(a.subscriptionId).not.toBe(b.subscriptionId);
    const [itemA, itemB] = await Promise.all(
      [a, b].map(({ subscriptionId }) => subscriptionItem(stack, subscriptionId)),
    );
    expect(itemA?.usageKeys['pro']).toMatch(/^[0-9A-Za-z]{20,128}$/);
    expect(itemA?.usageKeys['pro']).not.toBe(itemB?.usageKeys['pro']);
  });

  test('an e-mail of another subscription is a ConflictError, and nothing is written', async () => {
    const mine = await management.generate({ email: 'mine@example.com' });
    await management.generate({ email: 'theirs@example.com' });
    const before = await contentsOf(stack);
    for (const email of ['theirs@example.com', 'nobody-yet@example.com']) {
      const refusal = await refusalOf(management.generate({ email, subscriptionId: mine.subscriptionId }));
      expect(refusal.type).toBe('ConflictError');
      expect(refusal.message).toMatch(/^email: /);
      expect(refusal.message).not.toContain('mine@example.com');
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('a tier other than the subscription’s is a ConflictError, by e-mail and by id, and nothing is written', async () => {
    const email = 'tier@example.com';
    const { subscriptionId } = await management.generate({ email, tier: 'free' });
    const before = await contentsOf(stack);
    for (const payload of [
      { email, tier: 'pro' },
      { email, subscriptionId, tier: 'enterprise' },
    ]) {
      const refusal = await refusalOf(management.generate(payload));
      expect(refusal.type).toBe('ConflictError');
      expect(refusal.message).toMatch(/tier/);
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('an unknown subscriptionId is a NotFoundError, and nothing is written', async () => {
    const before = await contentsOf(stack);
    const subscriptionId = `sub_${'0'.repeat(20)}`;
    const refusal = await refusalOf(management.generate({ email: 'new@example.com', subscriptionId }));
    expect(refusal.type).toBe('NotFoundError');
    expect(refusal.message).toContain(subscriptionId);
    expect(await contentsOf(stack)).toEqual(before);
  });
});

test('a sixth key is a LimitError and writes nothing; after a revocation there is room for one again', async () => {
  const email = 'five@example.com';
  const keys = [];
  for (let i = 0; i < 5; i++) keys.push(await management.generate({ email, name: `key ${i}` }));
  const before = await contentsOf(stack);
  expect(await refusalOf(management.generate({ email }))).toMatchObject({
    type: 'LimitError',
    message: expect.stringContaining('5 keys'),
  });
  expect(await contentsOf(stack)).toEqual(before);

  const [first] = keys;
  await management.revoke({ keyId: first?.keyId });
  const sixth = await management.generate({ email });
  expect(sixth.subscriptionId).toBe(first?.subscriptionId);
  expect(await refusalOf(management.generate({ email }))).toMatchObject({ type: 'LimitError' });
  const { keyIds } = await subscriptionItem(stack, sixth.subscriptionId);
  expect(keyIds).toEqual([...keys.slice(1), sixth].map(({ keyId }) => keyId));
});

test('what a crash left half-way, a subscription without a key or a usage key, is gone on with', async () => {
  const subscriptionId = 'sub_halfWaySubscription0';
  const email = 'halfway@example.com';
  const usageKey = 'usageKeyThatWasPlannedBeforeTheCrash0001';
  const at = new Date(stack.clock.now()).toISOString();
  const TableName = tableName(stack, 'Subscriptions');
  const change = {
    action: 'create-subscription',
    actor: { kind: 'admin', id: requestedBy },
    requestId: 'the invocation that crashed',
    at,
  };
  await stack.dynamodb.send(
    new PutCommand({
      TableName,
      Item: {
        subscriptionId,
        email,
        tier: 'pro',
        usageKeys: { pro: usageKey },
        keyIds: [],
        createdAt: at,
        revision: 1,
        change,
      },
    }),
  );
  await stack.dynamodb.send(
    new PutCommand({ TableName, Item: { subscriptionId: `email#${email}`, lockedFor: subscriptionId } }),
  );

  const key = await management.generate({ email });
  expect(key.subscriptionId).toBe(subscriptionId);
  expect(await management.status(key.apiKey)).toBe(200);
  const [item, ...others] = await keysOf(stack, subscriptionId);
  expect(others).toEqual([]);
  expect(item?.usageKey).toBe(usageKey);
  expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({ keyIds: [key.keyId], revision: 2 });
  const locks = (await itemsOf(stack, 'Subscriptions')).filter((lock) => lock['lockedFor'] !== undefined);
  expect(locks.filter((lock) => lock['lockedFor'] === subscriptionId)).toHaveLength(1);
});
