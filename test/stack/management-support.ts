import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { ManagementError, type TestStack } from './test-stack.ts';

/** The answer of `generate-key`. */
export interface GeneratedKey {
  readonly keyId: string;
  readonly apiKey: string;
  readonly subscriptionId: string;
  readonly tier: string;
  readonly prefix: string;
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly rotatesAt: string;
  readonly requestsPerMonth: number;
  readonly warning: string;
}

/** The answer of `rotate-key`. */
export interface RotatedKey {
  readonly keyId: string;
  readonly apiKey: string;
  readonly version: number;
  readonly oldRetiresAt: string;
}

export const requestedBy = 'an admin';
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** Dates as the contract has them: ISO 8601 in UTC. */
export const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** The whole management contract, by way of a running stack. */
export function managementOf(stack: TestStack) {
  return {
    generate: (payload: Record<string, unknown>) =>
      stack.manage<GeneratedKey>('generate-key', { tier: 'pro', requestedBy, ...payload }),
    rotate: (payload: Record<string, unknown>) =>
      stack.manage<RotatedKey>('rotate-key', { requestedBy, ...payload }),
    revoke: (payload: Record<string, unknown>) =>
      stack.manage<{ keyId: string; revokedAt: string }>('revoke-key', { requestedBy, ...payload }),
    get: (payload: Record<string, unknown>) => stack.manage('get-key', payload),
    usage: (payload: Record<string, unknown>) => stack.manage('get-usage', payload),
    status: async (apiKey: string) => (await stack.evaluate(apiKey)).status,
  };
}

/** How an invocation was refused. Throws where it was not. */
export async function refusalOf(invocation: Promise<unknown>): Promise<{ type: string; message: string }> {
  const outcome = await invocation.then(
    () => 'answered',
    (error: unknown) => error,
  );
  if (outcome instanceof ManagementError) return { type: outcome.errorType, message: outcome.message };
  if (outcome === 'answered') throw new Error('the invocation was not refused');
  throw outcome;
}

/** Answers and refusals of invocations that ran at once. Throws whatever is neither. */
export async function settled<Answer>(
  invocations: readonly Promise<Answer>[],
): Promise<{ answers: Answer[]; refusals: string[] }> {
  const answers: Answer[] = [];
  const refusals: string[] = [];
  for (const outcome of await Promise.allSettled(invocations)) {
    if (outcome.status === 'fulfilled') answers.push(outcome.value);
    else if (outcome.reason instanceof ManagementError) refusals.push(outcome.reason.errorType);
    else throw outcome.reason;
  }
  return { answers, refusals };
}

export type TableName = 'Alerts' | 'Keys' | 'Subscriptions' | 'Usage';

/** All items of a table. */
export async function itemsOf(stack: TestStack, table: TableName): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await stack.dynamodb.send(
      new ScanCommand({
        TableName: tableName(stack, table),
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/** Every table with all its items, as soon as the record has caught up: equal before and after where nothing was written. */
export async function contentsOf(stack: TestStack): Promise<Record<string, unknown[]>> {
  await stack.streams.whenIdle();
  await stack.logSubscriptions.whenIdle();
  const names = Object.keys(stack.tables) as TableName[];
  const sorted = (items: Record<string, unknown>[]) =>
    items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const contents = await Promise.all(
    names.map(async (name) => [name, sorted(await itemsOf(stack, name))] as const),
  );
  return Object.fromEntries(contents);
}

export async function keyItem(stack: TestStack, keyId: string): Promise<KeyItem> {
  const found = (await itemsOf(stack, 'Keys')).find((item) => item['keyId'] === keyId);
  if (found === undefined) throw new Error(`no key ${keyId}`);
  return found as unknown as KeyItem;
}

export async function keysOf(stack: TestStack, subscriptionId: string): Promise<KeyItem[]> {
  const keys = (await itemsOf(stack, 'Keys')) as unknown as KeyItem[];
  return keys.filter((key) => key.subscriptionId === subscriptionId);
}

export async function subscriptionItem(stack: TestStack, subscriptionId: string): Promise<SubscriptionItem> {
  const items = await itemsOf(stack, 'Subscriptions');
  const found = items.find((item) => item['subscriptionId'] === subscriptionId);
  if (found === undefined) throw new Error(`no subscription ${subscriptionId}`);
  return found as unknown as SubscriptionItem;
}

export function tableName(stack: TestStack, table: TableName): string {
  const name = stack.tables[table];
  if (name === undefined) throw new Error(`the stack has no table ${table}`);
  return name;
}

export function advance(stack: TestStack, milliseconds: number): Promise<void> {
  return stack.clock.moveTo(stack.clock.now() + milliseconds);
}

/** For clients of the SDK that the stack does not bring along. */
export function clientOptions(
  stack: TestStack,
  credentials = { accessKeyId: 'test', secretAccessKey: 'test' },
) {
  return { endpoint: stack.awsEndpoint, region: stack.region, credentials, maxAttempts: 1 };
}
