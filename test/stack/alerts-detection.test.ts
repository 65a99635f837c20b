import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keySubject, subscriptionSubject } from '../../functions/alerts/rules/activity-item.ts';
import type { AlertView } from '../../functions/alerts/rules/alert-view.ts';
import { newSubscriber } from './account-support.ts';
import {
  noonBeforeMonthEnd,
  openAlert,
  type TestTraffic,
  tiersForTraffic,
  trafficOn,
} from './alerts-support.ts';
import { recordOf } from './audit-support.ts';
import { addressOf } from './delivery-support.ts';
import { type GeneratedKey, managementOf, refusalOf, requestedBy } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** Traffic through the real stack, on the moving clock: what was usual before is put there, what is unusual is real. */

let stack: TestStack;
let traffic: TestTraffic;
let busy: GeneratedKey;

const list = (payload: object = {}) =>
  stack.manage<{ alerts: AlertView[]; cursor?: string }>('list-alerts', payload);
const acknowledge = (alertId: string, note?: string) =>
  stack.manage<AlertView>('acknowledge-alert', {
    alertId,
    requestedBy,
    ...(note === undefined ? {} : { note }),
  });

async function activity(subject: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await stack.dynamodb.send(
    new GetCommand({ TableName: stack.tables['Activity'], Key: { subject }, ConsistentRead: true }),
  );
  return Item;
}

beforeAll(async () => {
  stack = await startTestStack({ overrides: tiersForTraffic, startsAt: noonBeforeMonthEnd(5) });
  traffic = trafficOn(stack);
  busy = await managementOf(stack).generate({ tier: 'free', email: 'busy@example.com' });
  const { keyId, subscriptionId } = busy;
  for (const subject of [keySubject(keyId), subscriptionSubject(subscriptionId)]) {
    await traffic.withHistory(subject, { usual: 4, subscriptionId });
  }
});
afterAll(() => stack.close());

describe('requests that are unusual', () => {
  const told = async () => (await traffic.of(busy.subscriptionId)).map(({ kind }) => kind).toSorted();

  test('raise one alert for each way in which they are, by the run of the next hour', async () => {
    await traffic.send(70, 200, () => stack.evaluate(busy.apiKey));
    expect(await told()).toEqual([]);
    await traffic.pass();
    expect(await told()).toEqual(['quota-forecast', 'quota-threshold', 'surge']);
  });

  test('raise nothing more in the same hour, though two runs look at once', async () => {
    const subjects = [keySubject(busy.keyId), subscriptionSubject(busy.subscriptionId)];
    const left = await Promise.all(subjects.map(activity));
    await Promise.all([traffic.expectNothingNew(), traffic.expectNothingNew()]);
    expect(await Promise.all(subjects.map(activity))).toEqual(left);
  });

  test('are no matter any more when the key is revoked: all that is open of it ends by the next run', async () => {
    await managementOf(stack).revoke({ keyId: busy.keyId });
    await traffic.pass();
    const alerts = await traffic.of(busy.subscriptionId);
    expect(alerts.map(({ status, closedBecause }) => [status, closedBecause])).toEqual(
      Array(3).fill(['closed', 'key-ended']),
    );
    expect((await activity(keySubject(busy.keyId)))?.['lookAt']).toBeUndefined();
  });
});

describe('a key that is rarely used', () => {
  /** Nothing is awaited of it: the next look would be weeks away, and the network's alert is open. */
  async function rarelyUsed() {
    const ada = await newSubscriber(stack, addressOf('ada'));
    const { keyId } = (await ada.call('POST', '/account/keys', {})).body;
    const { subscriptionId } = (await ada.call('GET', '/account')).body;
    const network = '198.51.100.0/24';
    const { alertId } = await openAlert(stack, { subscriptionId, keyId, kind: 'new-network', of: network });
    const ofAccount = await openAlert(stack, { subscriptionId, kind: 'quota-threshold', of: '2026-11/80' });
    for (const [subject, incident, id] of [
      [keySubject(keyId), `new-network/${network}`, alertId],
      [subscriptionSubject(subscriptionId), 'quota-threshold/2026-11/80', ofAccount.alertId],
    ] as const) {
      await traffic.withHistory(subject, { usual: 4, subscriptionId, networks: [network] });
      await stack.dynamodb.send(
        new UpdateCommand({
          TableName: stack.tables['Activity'],
          Key: { subject },
          UpdateExpression: 'SET incidents = :incidents ADD networks :networks',
          ExpressionAttributeValues: {
            ':incidents': { [incident]: { alertId: id } },
            ':networks': new Set([network]),
          },
        }),
      );
    }
    return { ada, keyId, subscriptionId };
  }

  test.each([
    ['is revoked by its owner', ({ ada, keyId }) => ada.call('DELETE', `/account/keys/${keyId}`)],
    ['is revoked by an admin', ({ keyId }) => managementOf(stack).revoke({ keyId })],
    ['is of an account that is deleted', ({ ada }) => ada.call('DELETE', '/account')],
  ] as const satisfies readonly [string, (of: Awaited<ReturnType<typeof rarelyUsed>>) => Promise<unknown>][])(
    'and %s has nothing open after the next run, and neither networks nor what was usual are kept',
    async (_how, ends) => {
      const rare = await rarelyUsed();
      await ends(rare);
      await traffic.pass();
      const alerts = await traffic.of(rare.subscriptionId);
      expect(alerts.map(({ closedBecause }) => closedBecause)).toEqual(['key-ended', 'key-ended']);
      for (const subject of [keySubject(rare.keyId), subscriptionSubject(rare.subscriptionId)]) {
        const left = await activity(subject);
        expect(left).not.toHaveProperty('model');
        expect(left).not.toHaveProperty('networks');
        expect(left).not.toHaveProperty('lookAt');
      }
    },
  );
});

describe('an admin', () => {
  const subscriptions = ['sub_0000000000000000000A', 'sub_0000000000000000000B'] as const;
  const made: string[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 30; n++) {
      // One in each partition after the other.
      const { alertId } = await openAlert(stack, {
        subscriptionId: subscriptions[n % 2] ?? '',
        severity: n < 3 ? 'critical' : 'info',
        openShard: n % 8,
      });
      made.push(alertId);
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

  test('are each whole in the record, in which nothing is wrong but that their subscriptions never were', async () => {
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
