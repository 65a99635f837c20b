import { PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import type { AuditEntry } from '../../functions/audit/rules/audit-entry.ts';
import type { KeyView } from '../../functions/keys/rules/key-view.ts';
import type { Change } from '../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import {
  keysOf,
  managementOf,
  requestedBy,
  subscriptionItem,
  type TableName,
  tableName,
} from './management-support.ts';
import { type HttpAnswer, ManagementError, type TestStack } from './test-stack.ts';

/** What the tests of running a fleet of keys share: the rest of the management contract, the record, traffic. */

type Payload = Record<string, unknown>;

export interface KeyStatusAnswer {
  readonly keyId: string;
  readonly status: 'active' | 'suspended';
}

export interface TierAnswer {
  readonly subscriptionId: string;
  readonly tier: string;
  readonly previousTier: string;
  readonly keyIds: string[];
  readonly requestsPerMonth: number;
}

export interface KeyListAnswer {
  readonly keys: KeyView[];
  readonly cursor?: string;
}

export interface Verification {
  readonly ok: boolean;
  readonly subjects: number;
  readonly entries: number;
  readonly broken: { readonly subject: string; readonly sequence: number; readonly why: string }[];
}

export function fleetOf(stack: TestStack) {
  return {
    ...managementOf(stack),
    suspend: (payload: Payload) => stack.manage<KeyStatusAnswer>('suspend-key', { requestedBy, ...payload }),
    resume: (payload: Payload) => stack.manage<KeyStatusAnswer>('resume-key', { requestedBy, ...payload }),
    list: (payload: Payload) => stack.manage<KeyListAnswer>('list-keys', payload),
    subscription: (payload: Payload) => stack.manage<SubscriptionItem>('get-subscription', payload),
    changeTier: (payload: Payload) => stack.manage<TierAnswer>('change-tier', { requestedBy, ...payload }),
    rotatePepper: (payload: Payload = {}) =>
      stack.manage<{ current: string; peppers: string[] }>('rotate-pepper', { requestedBy, ...payload }),
    pepperUsage: () =>
      stack.manage<{ current: string; liveSecrets: Record<string, number> }>('get-pepper-usage', {}),
    verify: (payload: Payload = {}) => stack.manage<Verification>('verify-audit', payload),
  };
}

export type Fleet = ReturnType<typeof fleetOf>;

/** What is on record about a subject, oldest first, once the record has caught up. */
export async function recordOf(stack: TestStack, subject: string): Promise<AuditEntry[]> {
  await stack.streams.whenIdle();
  const pages = paginateQuery(
    { client: stack.dynamodb },
    {
      TableName: stack.tables['Audit'],
      KeyConditionExpression: 'subject = :subject',
      ExpressionAttributeValues: { ':subject': subject },
      ConsistentRead: true,
    },
  );
  return (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items as AuditEntry[]);
}

/** A change that is none of the product's own, as an item that a test builds by hand has it. */
export function changeByHand(stack: TestStack): Change {
  return {
    action: 'test',
    actor: { kind: 'system', id: 'a test' },
    requestId: 'by-hand',
    at: new Date(stack.clock.now()).toISOString(),
  };
}

/** Writes the next revision of an item, as another part of the product would. */
export async function writeNext(
  stack: TestStack,
  table: TableName,
  item: object & { readonly revision: number },
  changes: object,
): Promise<void> {
  await stack.dynamodb.send(
    new PutCommand({
      TableName: tableName(stack, table),
      Item: { ...item, ...changes, revision: item.revision + 1, change: changeByHand(stack) },
      ConditionExpression: 'revision = :read',
      ExpressionAttributeValues: { ':read': item.revision },
    }),
  );
}

/** A subscription, its keys and its usage keys agree with each other. */
export async function expectConsistent(stack: TestStack, subscriptionId: string): Promise<void> {
  const subscription = await subscriptionItem(stack, subscriptionId);
  const live = (await keysOf(stack, subscriptionId)).filter((key) => key.revokedAt === undefined);
  expect(subscription.keyIds.toSorted()).toEqual(live.map(({ keyId }) => keyId).toSorted());
  expect(live.length).toBeLessThanOrEqual(5);
  const { tier, usageKeys } = subscription;
  for (const key of live) {
    expect({ tier: key.tier, usageKey: key.usageKey }).toEqual({ tier, usageKey: usageKeys[tier] });
    expect(key.secrets.length).toBeLessThanOrEqual(2);
  }
}

/** Sends one request after the other until told to stop, and remembers each answer with its start. */
export function trafficOf(send: () => Promise<HttpAnswer>) {
  const answers: { startedAt: number; endedAt: number; answer: HttpAnswer }[] = [];
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const startedAt = performance.now();
      const answer = await send();
      answers.push({ startedAt, endedAt: performance.now(), answer });
    }
  })();
  return {
    answers,
    /** Distinct statuses of the requests that lie between two moments. */
    statusesWithin: (from: number, to: number) => [
      ...new Set(
        answers
          .filter(({ startedAt, endedAt }) => startedAt > from && endedAt < to)
          .map(({ answer }) => answer.status),
      ),
    ],
    /** Waits until so many requests that began after now are answered. */
    more: (count: number) => {
      const now = performance.now();
      return vi.waitFor(
        () => expect(answers.filter(({ startedAt }) => startedAt > now).length).toBeGreaterThanOrEqual(count),
        { timeout: 20_000 },
      );
    },
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

/** The error type of an act that was refused, or its answer. Throws whatever is neither. */
export async function outcomeOf<Answer>(
  act: Promise<Answer>,
): Promise<{ answer: Answer } | { refusal: string }> {
  try {
    return { answer: await act };
  } catch (error) {
    if (error instanceof ManagementError) return { refusal: error.errorType };
    throw error;
  }
}

export const times = <T>(count: number, act: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => act(index));
