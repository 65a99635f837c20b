import {
  APIGatewayClient,
  type ApiKey,
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tierNames, tiers } from '../../lib/tiers.ts';
import {
  clientOptions,
  contentsOf,
  itemsOf,
  keysOf,
  managementOf,
  refusalOf,
  settled,
  subscriptionItem,
  tableName,
} from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let management: ReturnType<typeof managementOf>;
let apiGateway: APIGatewayClient;
beforeAll(async () => {
  stack = await startTestStack();
  management = managementOf(stack);
  apiGateway = new APIGatewayClient(clientOptions(stack));
});
afterAll(async () => {
  apiGateway.destroy();
  await stack.close();
});

async function usageKeyOf(subscriptionId: string): Promise<ApiKey | undefined> {
  const { usageKeys, tier } = await subscriptionItem(stack, subscriptionId);
  const { items = [] } = await apiGateway.send(new GetApiKeysCommand({ includeValues: true, limit: 500 }));
  const found = items.filter((item) => item.value === usageKeys[tier]);
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

/** Tiers whose plan the API Gateway key is attached to. */
async function tiersOf(usageKey: ApiKey | undefined): Promise<string[]> {
  const attached: string[] = [];
  for (const plan of stack.template.byType('AWS::ApiGateway::UsagePlan')) {
    const { items = [] } = await apiGateway.send(
      new GetUsagePlanKeysCommand({ usagePlanId: plan.ref, limit: 500 }),
    );
    if (items.some(({ id }) => id === usageKey?.id)) attached.push(planTier(plan.properties));
  }
  return attached;
}

function planTier({ Quota }: Readonly<Record<string, unknown>>): string {
  const { Limit } = Quota as { Limit: number };
  return tierNames.find((tier) => tiers[tier].requestsPerMonth === Limit) ?? 'unknown';
}

describe('the usage key in API Gateway', () => {
  test('exists, enabled and attached to just the tier’s plan, as soon as the key is out', async () => {
    for (const tier of ['free', 'pro', 'enterprise']) {
      const { subscriptionId } = await management.generate({ tier, email: `${tier}@example.com` });
      const usageKey = await usageKeyOf(subscriptionId);
      expect(usageKey).toMatchObject({ enabled: true, name: expect.stringContaining(subscriptionId) });
      expect(await tiersOf(usageKey)).toEqual([tier]);
    }
  });

  test('is shared by all keys of a subscription and stays through rotation and revocation', async () => {
    const email = 'shared@example.com';
    const first = await management.generate({ email });
    const usageKey = await usageKeyOf(first.subscriptionId);
    const second = await management.generate({ email });
    await management.rotate({ keyId: first.keyId });
    await management.revoke({ keyId: second.keyId });
    expect(await usageKeyOf(first.subscriptionId)).toEqual(usageKey);
    const values = (await keysOf(stack, first.subscriptionId)).map((key) => key.usageKey);
    expect(values).toEqual([usageKey?.value, usageKey?.value]);
  });

  test('is no customer’s secret', async () => {
    const key = await management.generate({ email: 'opaque@example.com' });
    const usageKey = await usageKeyOf(key.subscriptionId);
    expect(usageKey?.value).toMatch(/^[0-9A-Za-z]{20,128}$/);
    expect(key.apiKey).not.toContain(usageKey?.value);
    expect(await management.status(usageKey?.value ?? '')).toBe(401);
  });

  test.each([
    [
      'disabled',
      (id: string) =>
        apiGateway.send(
          new UpdateApiKeyCommand({
            apiKey: id,
            patchOperations: [{ op: 'replace', path: '/enabled', value: 'false' }],
          }),
        ),
    ],
    ['deleted', (id: string) => apiGateway.send(new DeleteApiKeyCommand({ apiKey: id }))],
    [
      'detached',
      async (id: string) => {
        for (const { ref, properties } of stack.template.byType('AWS::ApiGateway::UsagePlan')) {
          if (planTier(properties) !== 'pro') continue;
          await apiGateway.send(new DeleteUsagePlanKeyCommand({ usagePlanId: ref, keyId: id }));
        }
      },
    ],
  ])('that somebody %s is put right by the next generate-key', async (what, harm) => {
    const email = `${what}@example.com`;
    const first = await management.generate({ email });
    const before = await usageKeyOf(first.subscriptionId);
    await harm(before?.id ?? '');
    expect((await stack.evaluate(first.apiKey)).status).toBe(503);

    const second = await management.generate({ email });
    const after = await usageKeyOf(first.subscriptionId);
    expect(after).toMatchObject({ value: before?.value, enabled: true });
    expect(await tiersOf(after)).toEqual(['pro']);
    expect(await management.status(first.apiKey)).toBe(200);
    expect(await management.status(second.apiKey)).toBe(200);
  });

  test('comes before the key: where it cannot be had, no key is written', async () => {
    const subscriptionId = 'sub_whoseUsageKeyIsTaken';
    const email = 'taken@example.com';
    const value = 'aValueThatSomebodyElseHoldsInApiGateway1';
    const at = new Date(stack.clock.now()).toISOString();
    const change = { action: 'create-subscription', actor: { kind: 'admin', id: 'x' }, requestId: 'y', at };
    const subscription = {
      subscriptionId,
      email,
      tier: 'pro',
      usageKeys: { pro: value },
      keyIds: [],
      createdAt: at,
      revision: 1,
      change,
    };
    const TableName = tableName(stack, 'Subscriptions');
    await stack.dynamodb.send(new PutCommand({ TableName, Item: subscription }));
    await stack.dynamodb.send(
      new PutCommand({ TableName, Item: { subscriptionId: `email#${email}`, lockedFor: subscriptionId } }),
    );
    await apiGateway.send(new CreateApiKeyCommand({ name: 'somebody else’s', value, enabled: true }));

    const before = await contentsOf(stack);
    const refusal = await refusalOf(management.generate({ email }));
    expect(refusal.type).not.toMatch(/ValidationError|NotFoundError|ConflictError|LimitError/);
    expect(refusal.message).not.toContain(value);
    expect(await contentsOf(stack)).toEqual(before);
  });
});

describe('the limit of usage keys', () => {
  let small: TestStack;
  beforeAll(async () => {
    small = await startTestStack({ overrides: { usageKeys: { limit: 3, alarmAt: 1 } } });
  });
  afterAll(() => small.close());

  test('is exact among parallel sign-ups: the others get a LimitError and nothing is written for them', async () => {
    const generate = managementOf(small).generate;
    await generate({ email: 'first@example.com' });
    // Ten instances that are up, so that the sign-ups really meet.
    const warmUp = Array.from({ length: 10 }, () => generate({ email: 'first@example.com', tier: 'free' }));
    expect((await settled(warmUp)).refusals).toEqual(Array(10).fill('ConflictError'));
    const emails = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.com`);
    const { answers, refusals } = await settled(
      emails.flatMap((email) => [generate({ email }), generate({ email })]),
    );
    // Whoever got the last places gets both keys: a second request for an address needs no further usage key.
    expect(answers).toHaveLength(4);
    expect(new Set(answers.map(({ subscriptionId }) => subscriptionId)).size).toBe(2);
    expect(refusals).toEqual(Array(6).fill('LimitError'));

    const before = await contentsOf(small);
    expect(before['Keys']).toHaveLength(5);
    const refusal = await refusalOf(generate({ email: 'late@example.com' }));
    expect(refusal).toMatchObject({ type: 'LimitError', message: expect.stringContaining('docs/scale.md') });
    expect(await contentsOf(small)).toEqual(before);
    const subscriptions = await itemsOf(small, 'Subscriptions');
    expect(subscriptions.filter((item) => item['email'] !== undefined)).toHaveLength(3);
    expect(subscriptions.filter((item) => item['lockedFor'] !== undefined)).toHaveLength(3);
  });

  test('does not keep a subscription that exists from another key', async () => {
    const [existing] = await itemsOf(small, 'Keys');
    const subscription = await subscriptionItem(small, String(existing?.['subscriptionId']));
    const another = await managementOf(small).generate({ email: subscription.email });
    expect(another.subscriptionId).toBe(subscription.subscriptionId);
    expect(await managementOf(small).status(another.apiKey)).toBe(200);
  });
});
