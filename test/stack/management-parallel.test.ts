import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsOf, keyItem, keysOf, managementOf, settled, subscriptionItem } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** What holds however many admins act at once. */
let stack: TestStack;
let management: ReturnType<typeof managementOf>;
beforeAll(async () => {
  stack = await startTestStack();
  management = managementOf(stack);
});
afterAll(() => stack.close());

const times = <T>(count: number, act: (index: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: count }, (_, index) => act(index));

/** A subscription's list, the key items and each key's own state say the same. */
async function expectConsistent(subscriptionId: string): Promise<void> {
  const keys = await keysOf(stack, subscriptionId);
  const live = keys.filter((key) => key.revokedAt === undefined).map(({ keyId }) => keyId);
  const subscription = await subscriptionItem(stack, subscriptionId);
  expect(subscription.keyIds.toSorted()).toEqual(live.toSorted());
  expect(new Set(subscription.keyIds).size).toBe(subscription.keyIds.length);
}

describe('generate-key', () => {
  test('20 at once for one new e-mail: one subscription, exactly 5 keys, 15 LimitErrors', async () => {
    const email = 'rush@example.com';
    const { answers, refusals } = await settled(times(20, () => management.generate({ email })));
    expect(answers).toHaveLength(5);
    expect(refusals).toEqual(Array(15).fill('LimitError'));
    const [subscriptionId, ...others] = new Set(answers.map((answer) => answer.subscriptionId));
    expect(others).toEqual([]);
    await expectConsistent(subscriptionId ?? '');
    expect((await keysOf(stack, subscriptionId ?? '')).map(({ keyId }) => keyId).toSorted()).toEqual(
      answers.map(({ keyId }) => keyId).toSorted(),
    );
    const subscriptions = await itemsOf(stack, 'Subscriptions');
    expect(subscriptions.filter((item) => item['email'] === email)).toHaveLength(1);
    // Created by one, then changed by each key.
    expect(await subscriptionItem(stack, subscriptionId ?? '')).toMatchObject({ revision: 6 });
    expect(await Promise.all(answers.map(({ apiKey }) => management.status(apiKey)))).toEqual(
      Array(5).fill(200),
    );
  });

  test('20 at once with the same idempotencyKey give one key, and all of them the same answer', async () => {
    const request = { email: 'same@example.com', idempotencyKey: 'sign-up of same@example.com' };
    const answers = await Promise.all(times(20, () => management.generate(request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [first] = answers;
    expect(await keysOf(stack, first?.subscriptionId ?? '')).toHaveLength(1);
    await expectConsistent(first?.subscriptionId ?? '');
  });

  test('the same holds for the fifth key of a subscription: no repetition is told that there is no room', async () => {
    const email = 'fifth@example.com';
    for (let round = 1; round <= 4; round++) await management.generate({ email });
    const [existing] = (await itemsOf(stack, 'Subscriptions')).filter((item) => item['email'] === email);
    const request = { email, idempotencyKey: 'the fifth key' };
    const answers = await Promise.all(times(20, () => management.generate(request)));
    expect(new Set(answers.map((answer) => answer.apiKey)).size).toBe(1);
    expect(await keysOf(stack, String(existing?.['subscriptionId']))).toHaveLength(5);
  });

  test('20 at once for 20 new e-mails each get a subscription and a key, and each usage key is counted', async () => {
    const counter = async () =>
      (await itemsOf(stack, 'Subscriptions')).find(
        (item) => item['subscriptionId'] === 'counter#usage-keys',
      )?.['count'];
    const before = Number(await counter());
    const answers = await Promise.all(
      times(20, (index) => management.generate({ email: `apart${index}@example.com` })),
    );
    expect(new Set(answers.map((answer) => answer.subscriptionId)).size).toBe(20);
    expect(await counter()).toBe(before + 20);
  });
});

describe('rotate-key', () => {
  test('10 at once on one key: versions are unique, and exactly the last works, plus the one in its grace', async () => {
    const key = await management.generate({ email: 'spin@example.com' });
    const { keyId } = key;
    const answers = await Promise.all(times(10, () => management.rotate({ keyId, graceHours: 1 })));
    const byVersion = answers.toSorted((a, b) => a.version - b.version);
    expect(byVersion.map(({ version }) => version)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const statuses = await Promise.all([key, ...byVersion].map(({ apiKey }) => management.status(apiKey)));
    expect(statuses).toEqual([...Array(9).fill(401), 200, 200]);
    const item = await keyItem(stack, keyId);
    expect(item.revision).toBe(11);
    expect(item.secrets.map(({ version }) => version)).toEqual([10, 11]);
    expect(item.retired.map(({ version }) => version)).toEqual([9, 8, 7, 6]);
  });

  test('20 at once with the same idempotencyKey give one new secret', async () => {
    const { keyId, apiKey } = await management.generate({ email: 'oncemore@example.com' });
    const request = { keyId, idempotencyKey: 'rotation on a double click' };
    const answers = await Promise.all(times(20, () => management.rotate(request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ keyId, version: 2 });
    expect(await keyItem(stack, keyId)).toMatchObject({ revision: 2 });
    expect(await management.status(apiKey)).toBe(401);
    expect(await management.status(answers[0]?.apiKey ?? '')).toBe(200);
  });
});

describe('revoke-key', () => {
  test('among rotations wins for good: whatever secret came out meanwhile is refused', async () => {
    const key = await management.generate({ email: 'race@example.com' });
    const { keyId } = key;
    const rotations = settled(times(6, () => management.rotate({ keyId, graceHours: 24 })));
    const { revokedAt } = await management.revoke({ keyId });
    const secretsOut = [key.apiKey, ...(await rotations).answers.map(({ apiKey }) => apiKey)];
    expect((await rotations).refusals).toEqual(
      Array(6 - (await rotations).answers.length).fill('ConflictError'),
    );
    for (const apiKey of secretsOut) expect(await management.status(apiKey)).toBe(401);
    expect(await keyItem(stack, keyId)).toMatchObject({ revokedAt, secrets: [] });
    await expectConsistent(key.subscriptionId);
  });

  test('10 at once on one key give one time of revocation and one write', async () => {
    const { keyId } = await management.generate({ email: 'gone@example.com' });
    const answers = await Promise.all(times(10, () => management.revoke({ keyId })));
    expect(new Set(answers.map(({ revokedAt }) => revokedAt)).size).toBe(1);
    expect(await keyItem(stack, keyId)).toMatchObject({ revision: 2, revokedAt: answers[0]?.revokedAt });
  });

  test('at the same time as new keys leaves a subscription that agrees with its keys', async () => {
    const email = 'coming-and-going@example.com';
    const keys = [];
    for (let round = 0; round < 4; round++) keys.push(await management.generate({ email }));
    const [, fresh] = await Promise.all([
      Promise.all(keys.map(({ keyId }) => management.revoke({ keyId }))),
      settled(times(4, () => management.generate({ email }))),
    ]);
    expect(fresh.refusals.filter((type) => type !== 'LimitError')).toEqual([]);
    const subscriptionId = keys[0]?.subscriptionId ?? '';
    await expectConsistent(subscriptionId);
    const { keyIds } = await subscriptionItem(stack, subscriptionId);
    expect(keyIds.toSorted()).toEqual(fresh.answers.map(({ keyId }) => keyId).toSorted());
  });
});
