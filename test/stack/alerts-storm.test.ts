import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DetectionReport } from '../../functions/alerts/detect.ts';
import { keySubject, lookShardOf } from '../../functions/alerts/rules/activity-item.ts';
import { usualModel } from '../alerts/samples.ts';
import { hour } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** 150 keys at once through the real function and the local tables; ten thousand are in test/alerts/storm.test.ts. */

describe('on the local stack', () => {
  /** Keys as their own items, and what is usual for them. */
  const some = 150;
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    const now = Math.floor(stack.clock.now() / hour) * hour + 5_000;
    const period = new Date(now).toISOString().slice(0, 7);
    const model = usualModel(100, now - 22 * 24 * hour, now - hour);
    const through = new Date(now - hour).toISOString();
    const createdAt = new Date(now - 22 * 24 * hour).toISOString();
    const none = { refused401: 0, refused403: 0, refused429: 0 };
    const keys = Array.from({ length: some }, (_, n) => ({
      keyId: `Storm${String(n).padStart(7, '0')}`,
      subscriptionId: `sub_${String(n).padStart(20, '0')}`,
    }));
    await put(
      'Subscriptions',
      keys.map(({ keyId, subscriptionId }) => ({
        subscriptionId,
        tier: 'enterprise',
        keyIds: [keyId],
        usageKeys: {},
        email: '',
        createdAt,
      })),
    );
    await put(
      'Usage',
      keys.map(({ keyId, subscriptionId }) => ({
        subscriptionId,
        period,
        total: 5_000,
        [`k_${keyId}`]: 5_000,
      })),
    );
    await put(
      'Activity',
      keys.map(({ keyId, subscriptionId }) => ({
        subject: keySubject(keyId),
        subscriptionId,
        model,
        through,
        counted: { period, requests: 0, ...none },
        seen: 1,
        firstAt: through,
        lookAt: `${through.slice(0, 13)}:00:00.000Z`,
        dueShard: lookShardOf(keySubject(keyId)),
      })),
    );
  }, 120_000);
  afterAll(() => stack.close());

  async function put(table: string, items: readonly Record<string, unknown>[]): Promise<void> {
    for (let from = 0; from < items.length; from += 25) {
      const requests = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await stack.dynamodb.send(
        new BatchWriteCommand({ RequestItems: { [stack.tables[table] ?? '']: requests } }),
      );
    }
  }

  async function countAlerts(): Promise<number> {
    const keyIds = new Set<string>();
    let from: Record<string, unknown> | undefined;
    do {
      const page = await stack.dynamodb.send(
        new ScanCommand({
          TableName: stack.tables['Alerts'],
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) {
        expect(keyIds.has(String(item['keyId'])), 'told twice').toBe(false);
        keyIds.add(String(item['keyId']));
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return keyIds.size;
  }

  test('150 keys that surge at once are told once each by two runs at the same time', async () => {
    const began = performance.now();
    const reports = await Promise.all([
      stack.manage<DetectionReport>('detect-anomalies', {}),
      stack.manage<DetectionReport>('detect-anomalies', {}),
    ]);
    console.log(
      `${some} keys through the local stack, twice at once: ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
    const errors = (await stack.logs()).split('\n').filter((line) => line.includes('could not be looked at'));
    expect(errors.slice(0, 3)).toEqual([]);
    expect(reports.map(({ failed, stoppedEarly }) => [failed, stoppedEarly])).toEqual([
      [0, false],
      [0, false],
    ]);
    expect(reports.reduce((sum, { opened }) => sum + opened, 0)).toBe(some);
    expect(await countAlerts()).toBe(some);
    const again = await stack.manage<DetectionReport>('detect-anomalies', {});
    expect(again).toMatchObject({ looked: 0, opened: 0, updated: 0, closed: 0, failed: 0 });
    expect(await countAlerts()).toBe(some);
  }, 180_000);
});
