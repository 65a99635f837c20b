import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DetectionReport } from '../../functions/alerts/detect.ts';
import { keySubject, lookShardOf, subscriptionSubject } from '../../functions/alerts/rules/activity-item.ts';
import type { AlertView } from '../../functions/alerts/rules/alert-view.ts';
import { openAlert, usualModel } from './alerts-support.ts';
import { recordOf } from './audit-support.ts';
import { type GeneratedKey, hour, managementOf, refusalOf, requestedBy } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** Traffic through the real stack, on the moving clock: what was usual before is put there, what is unusual is real. */

let stack: TestStack;
let busy: GeneratedKey;

const at = (offset = 0) => new Date(stack.clock.now() + offset).toISOString();
const detect = () => stack.manage<DetectionReport>('detect-anomalies', {});
const list = (payload: object = {}) =>
  stack.manage<{ alerts: AlertView[]; cursor?: string }>('list-alerts', payload);
const acknowledge = (alertId: string, note?: string) =>
  stack.manage<AlertView>('acknowledge-alert', {
    alertId,
    requestedBy,
    ...(note === undefined ? {} : { note }),
  });
const setClock = (time: string) => stack.request('POST', '/_local/clock', {}, JSON.stringify({ set: time }));

async function activity(subject: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await stack.dynamodb.send(
    new GetCommand({ TableName: stack.tables['Activity'], Key: { subject }, ConsistentRead: true }),
  );
  return Item;
}

/** Three weeks in which a key and its subscription had so many requests each hour. */
async function withHistory({ keyId, subscriptionId }: GeneratedKey, usual: number): Promise<void> {
  const now = stack.clock.now();
  const used = await counted({ subscriptionId });
  for (const subject of [keySubject(keyId), subscriptionSubject(subscriptionId)]) {
    await stack.dynamodb.send(
      new PutCommand({
        TableName: stack.tables['Activity'],
        Item: {
          subject,
          subscriptionId,
          model: usualModel(usual, now - 21 * 24 * hour, now),
          through: at(),
          counted: { period: at().slice(0, 7), requests: used, refused401: 0, refused403: 0, refused429: 0 },
        },
      }),
    );
  }
}

/** What the logs tell of a key that was used. */
async function logged({ keyId, subscriptionId }: GeneratedKey): Promise<void> {
  const subject = keySubject(keyId);
  await stack.dynamodb.send(
    new UpdateCommand({
      TableName: stack.tables['Activity'],
      Key: { subject },
      UpdateExpression:
        'SET subscriptionId = :id, firstAt = if_not_exists(firstAt, :at), lookAt = :hour, dueShard = :shard ADD seen :one',
      ExpressionAttributeValues: {
        ':id': subscriptionId,
        ':at': at(),
        ':hour': `${at().slice(0, 13)}:00:00.000Z`,
        ':shard': lookShardOf(subject),
        ':one': 1,
      },
    }),
  );
}

/** Sends until so many are answered. One that is answered 503, on a machine that is busy, may be counted or not. */
async function requests(key: GeneratedKey, count: number): Promise<void> {
  for (let answered = 0; answered < count; ) {
    const some = Array.from({ length: Math.min(5, count - answered) }, () => stack.evaluate(key.apiKey));
    const statuses = (await Promise.all(some)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    answered += statuses.filter((status) => status === 200).length;
  }
  await logged(key);
}

const counted = async ({ subscriptionId }: Pick<GeneratedKey, 'subscriptionId'>) =>
  (await stack.manage<{ total: number }>('get-usage', { subscriptionId })).total;

/** To the hour's end, and the run of the rule there. */
async function nextHour(): Promise<void> {
  const next = Math.floor(stack.clock.now() / hour) * hour + hour;
  await setClock(new Date(next + 5_000).toISOString());
  await stack.streams.whenIdle();
}

beforeAll(async () => {
  // Limits that let a test send what is unusual in a moment.
  stack = await startTestStack({
    overrides: { tiers: { free: { requestsPerMonth: 300, ratePerSecond: 1_000, burst: 1_000 } } },
  });
  const noon = `${new Date(stack.clock.now() + 24 * hour).toISOString().slice(0, 10)}T12:00:05Z`;
  await setClock(noon);
  busy = await managementOf(stack).generate({ tier: 'free', email: 'busy@example.com' });
  // The first one waits for functions to start.
  await requests(busy, 1);
  await withHistory(busy, 4);
});
afterAll(() => stack.close());

describe('requests that are unusual', () => {
  test('raise one alert by the run of the next hour, and the same hour again changes nothing', async () => {
    const before = await counted(busy);
    await requests(busy, 110);
    const came = (await counted(busy)) - before;
    await nextHour();
    const { alerts } = await list({ kind: 'surge' });
    expect(alerts).toMatchObject([
      {
        keyId: busy.keyId,
        subscriptionId: busy.subscriptionId,
        status: 'open',
        explanation: expect.stringContaining(`${came} requests`),
      },
    ]);
    const left = [await activity(keySubject(busy.keyId)), (await list()).alerts];
    expect(await detect()).toMatchObject({ looked: 0, opened: 0, updated: 0, closed: 0, failed: 0 });
    expect([await activity(keySubject(busy.keyId)), (await list()).alerts]).toEqual(left);
  });

  test('raise an alert for each threshold of the month, and close the one before', async () => {
    expect((await list({ kind: 'quota-threshold' })).alerts).toEqual([]);
    await requests(busy, 60);
    await nextHour();
    expect((await list({ kind: 'quota-threshold' })).alerts).toMatchObject([
      { of: expect.stringMatching(/\/50$/), severity: 'info' },
    ]);
    await requests(busy, 80);
    await nextHour();
    const all = await list({ subscriptionId: busy.subscriptionId, status: 'all', kind: 'quota-threshold' });
    expect(all.alerts.map(({ of, status }) => `${of.slice(8)} ${status}`)).toEqual(['80 open', '50 closed']);
  });

  test('are over when the key is revoked', async () => {
    await managementOf(stack).revoke({ keyId: busy.keyId });
    for (let hours = 0; hours < 3; hours++) await nextHour();
    const { alerts } = await list({ subscriptionId: busy.subscriptionId, status: 'all' });
    expect(alerts.length).toBeGreaterThan(2);
    expect(new Set(alerts.map(({ status }) => status))).toEqual(new Set(['closed']));
    const of = alerts.find(({ kind }) => kind === 'surge');
    expect(['over', 'key-ended']).toContain(of?.closedBecause);
  });
});

describe('an admin', () => {
  const subscriptions = ['sub_0000000000000000000A', 'sub_0000000000000000000B'] as const;
  const made: string[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 30; n++) {
      const alert = {
        ...openAlert(subscriptions[n % 2] ?? '', stack.clock.now() + n, {
          severity: n < 3 ? 'critical' : 'info',
        }),
        // In the order of their making, one in each partition after the other.
        alertId: `alert_0${String(n).padStart(25, '0')}`,
        openShard: n % 8,
      };
      made.push(alert.alertId);
      await stack.dynamodb.send(new PutCommand({ TableName: stack.tables['Alerts'], Item: alert }));
    }
  });

  test('sees what is open, the newest first, page by page and nothing twice', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.alerts.length).toBeLessThanOrEqual(7);
      seen.push(...page.alerts.map(({ alertId }) => alertId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.filter((id) => made.includes(id))).toEqual(made.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('finds those of a subscription, of a kind and of a severity', async () => {
    const [subscriptionId] = subscriptions;
    const own = await list({ subscriptionId, limit: 100 });
    expect(own.alerts).toHaveLength(15);
    expect((await list({ severity: 'critical', limit: 10 })).alerts.map(({ alertId }) => alertId)).toEqual(
      made.slice(0, 3).toReversed(),
    );
    expect((await list({ subscriptionId, kind: 'silence' })).alerts).toEqual([]);
    expect((await refusalOf(list({ status: 'all' }))).message).toContain(
      'all is told of one subscription only',
    );
    expect((await refusalOf(list({ cursor: 'nonsense' }))).type).toBe('ValidationError');
  });

  test('acknowledges one once, on record; whoever comes later is told who was first', async () => {
    const [alertId = ''] = made;
    const first = await acknowledge(alertId, 'load test');
    expect(first).toMatchObject({
      alertId,
      status: 'open',
      acknowledged: { by: requestedBy, note: 'load test' },
    });
    const [again, alsoAgain] = await Promise.all([acknowledge(alertId), acknowledge(alertId)]);
    expect([again, alsoAgain]).toEqual([first, first]);
    expect(await refusalOf(acknowledge('alert_00000000000000000000000ZZZ'))).toMatchObject({
      type: 'NotFoundError',
    });

    await stack.streams.whenIdle();
    const record = recordOf(stack);
    const { entries } = await record.query({ alertId });
    expect(entries.map(({ action }) => action)).toEqual(['acknowledge-alert', 'open-alert']);
    expect(entries[0]).toMatchObject({
      subjectKind: 'alert',
      actor: { kind: 'admin', id: requestedBy },
      reason: 'load test',
      state: { kind: 'surge', status: 'open', acknowledged: { by: requestedBy } },
    });
    expect(JSON.stringify(entries)).not.toContain('usual for this hour');
  });

  test('finds alerts in the record that verifies', async () => {
    await stack.streams.whenIdle();
    const { ok, broken } = await recordOf(stack).verify();
    // Alerts of subscriptions that never were: all that is wrong is that.
    expect(broken.filter(({ subject }) => !subscriptions.some((id) => id === subject))).toEqual([]);
    expect(ok).toBe(false);
    for (const alertId of made.slice(0, 3))
      expect(await recordOf(stack).verify(alertId)).toMatchObject({ ok: true });
  });

  test('is told by the record when an alert was changed past the product', async () => {
    const alertId = made[5] ?? '';
    await stack.dynamodb.send(
      new UpdateCommand({
        TableName: stack.tables['Alerts'],
        Key: { alertId },
        UpdateExpression: 'SET explanation = :other',
        ExpressionAttributeValues: { ':other': 'Nothing to see.' },
      }),
    );
    const { ok, broken } = await recordOf(stack).verify(alertId);
    expect(ok).toBe(false);
    expect(broken[0]?.why).toContain('changed afterwards');
  });
});
