import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { DetectionReport } from '../../functions/alerts/detect.ts';
import type { AlertView } from '../../functions/alerts/rules/alert-view.ts';
import type { AlertItem } from '../../functions/alerts/rules/index.ts';
import { aSignal, usualModel } from '../alerts/samples.ts';
import { deliveryOf } from './delivery-support.ts';
import { writeNext } from './fleet-support.ts';
import { day, hour, itemsOf, keyItem, tableName } from './management-support.ts';
import type { TestStack } from './test-stack.ts';

/** What the tests of alerts share: alerts that are put there, and traffic that raises them. */

let count = 0;

/** Puts an alert into the table, as if it had just been noticed: each one is newer than those before. */
export async function openAlert(
  stack: TestStack,
  about: Pick<AlertItem, 'subscriptionId'> & Partial<AlertItem>,
): Promise<AlertItem> {
  const at = new Date(stack.clock.now()).toISOString();
  count += 1;
  const alert: AlertItem = {
    alertId: `alert_${String(count).padStart(26, '0')}`,
    ...aSignal(),
    status: 'open',
    openedAt: at,
    updatedAt: at,
    // What is closed is in no index of what is open.
    ...(about.status === 'closed' ? {} : { openShard: 3, openOf: about.subscriptionId }),
    revision: 1,
    change: {
      action: 'open-alert',
      actor: { kind: 'system', id: 'detect-anomalies' },
      requestId: `request-${count}`,
      at,
    },
    ...about,
  };
  await stack.dynamodb.send(new PutCommand({ TableName: tableName(stack, 'Alerts'), Item: alert }));
  return alert;
}

export async function alertItem(stack: TestStack, alertId: string): Promise<AlertItem> {
  const found = (await itemsOf(stack, 'Alerts')).find((item) => item['alertId'] === alertId);
  if (found === undefined) throw new Error(`no alert ${alertId}`);
  return found as unknown as AlertItem;
}

/** Suspends a key for alerts, as the stage's policy does: each of them holds it. */
export async function holdFor(
  stack: TestStack,
  keyId: string,
  ...alerts: readonly Pick<AlertItem, 'alertId'>[]
): Promise<void> {
  const item = await keyItem(stack, keyId);
  const at = new Date(stack.clock.now()).toISOString();
  const { anomaly = { at, by: 'deliver-alerts' } } = item.suspensions;
  const alertIds = [...(anomaly.alertIds ?? []), ...alerts.map(({ alertId }) => alertId)];
  await writeNext(stack, 'Keys', item, {
    suspensions: { ...item.suspensions, anomaly: { ...anomaly, alertIds } },
  });
}

/** Suspends a key for further causes, as other parts of the product would. */
export async function suspendFor(
  stack: TestStack,
  keyId: string,
  ...causes: readonly ('admin' | 'owner' | 'payment' | 'anomaly')[]
): Promise<void> {
  const item = await keyItem(stack, keyId);
  const at = new Date(stack.clock.now()).toISOString();
  const added = Object.fromEntries(causes.map((cause) => [cause, { at, by: cause }]));
  await writeNext(stack, 'Keys', item, { suspensions: { ...item.suspensions, ...added } });
}

/**
 * Tier free has its hundred requests a month, pro a rate that a test exceeds by a handful, enterprise neither; and a policy,
 * which suspends for what is critical.
 */
export const tiersForTraffic = {
  tiers: {
    free: { ratePerSecond: 10_000, burst: 5_000 },
    pro: { ratePerSecond: 1, burst: 5 },
    enterprise: { ratePerSecond: 10_000, burst: 5_000 },
  },
  alerts: { suspend: { enterprise: 'critical' } },
};

/** Noon, so many days before a month ends: this month if that is still to come, or else the next. */
export function noonBeforeMonthEnd(days: number): number {
  const now = new Date();
  const noons = [1, 2].map(
    (months) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months) - (days + 0.5) * day,
  );
  return (noons.find((noon) => noon > now.getTime()) ?? 0) + 5_000;
}

interface History {
  /** Requests of an hour, more or less. */
  readonly usual: number;
  /** Absent for what belongs to no key. */
  readonly subscriptionId?: string;
  /** Days since the last request; it came just now where that is absent. */
  readonly endedDaysAgo?: number;
  readonly networks?: readonly string[];
}

/** This machine's, as the local gateway sees whoever calls it. */
export const ownNetwork = '127.0.0.0/24';

/** Requests over HTTP on a clock that a test moves, and what the hourly look makes of them. */
export function trafficOn(stack: TestStack) {
  const delivery = deliveryOf(stack);
  const detect = () => stack.manage<DetectionReport>('detect-anomalies', {});
  const alerts = async (payload: object) =>
    (await stack.manage<{ alerts: AlertView[] }>('list-alerts', payload)).alerts;

  return {
    /**
     * Three weeks in which each hour was like the other. Nobody can play these: what looks have learned of them is put
     * there. To be called before the subject's first request of the month.
     */
    async withHistory(subject: string, history: History): Promise<void> {
      const { usual, subscriptionId, endedDaysAgo = 0, networks = [ownNetwork] } = history;
      const now = stack.clock.now();
      const end = endedDaysAgo === 0 ? now : Math.floor(now / hour) * hour - endedDaysAgo * day;
      const through = new Date(end).toISOString();
      const none = { requests: 0, refused401: 0, refused403: 0, refused429: 0 };
      await stack.dynamodb.send(
        new PutCommand({
          TableName: stack.tables['Activity'],
          Item: {
            subject,
            ...(subscriptionId === undefined ? {} : { subscriptionId }),
            model: usualModel(usual, end - 21 * day, end, networks),
            through,
            counted: { period: through.slice(0, 7), ...none },
          },
          ConditionExpression: 'attribute_not_exists(subject)',
        }),
      );
    },

    /**
     * Sends until so many are answered with this status, a few at a time. On a machine that is busy one may be answered with
     * 503, which is no refusal, and counted or not.
     */
    async send(times: number, status: number, request: () => Promise<{ readonly status: number }>) {
      for (let left = times; left > 0; ) {
        const some = await Promise.all(Array.from({ length: Math.min(atOnce, left) }, request));
        const statuses = some.map((answer) => answer.status);
        expect(statuses.filter((each) => each !== status && each !== 503)).toEqual([]);
        left -= statuses.filter((each) => each === status).length;
      }
    },

    /** Requests of the month so far, as they are metered. */
    used: async (subscriptionId: string) =>
      (await stack.manage<{ total: number }>('get-usage', { subscriptionId })).total,

    /** To the end of the hour, or of so many, with the run of the rule there, and all that follows. */
    async pass(hours = 1): Promise<void> {
      await stack.logSubscriptions.whenIdle(30_000);
      const end = (Math.floor(stack.clock.now() / hour) + hours) * hour;
      await stack.clock.moveTo(end + 5_000);
      await delivery.settle();
    },

    /** All alerts of a subscription, the newest first. */
    of: (subscriptionId: string, about: object = {}) => alerts({ subscriptionId, status: 'all', ...about }),

    /** The mails to an owner about alerts, the first one first. */
    mailsTo: async (email: string) =>
      (await delivery.mails(email)).filter(({ body }) => body.text?.includes('Which alerts are mailed')),

    /** A run in the same hour finds nothing to do, and leaves all as it is. */
    async expectNothingNew(): Promise<void> {
      const before = await itemsOf(stack, 'Alerts');
      expect(await detect()).toMatchObject({ looked: 0, opened: 0, updated: 0, closed: 0, failed: 0 });
      expect(await itemsOf(stack, 'Alerts')).toEqual(before);
    },
  };
}

export type TestTraffic = ReturnType<typeof trafficOn>;

const atOnce = 10;

/** A full hour as explanations tell it, `12:00 UTC on 26 December`. @param at epoch milliseconds within it */
export const spokenTime = (at: number): string => `${hourOfDay(at)}:00 UTC on ${spokenDate(at)}`;

/** `between 12:00 and 13:00 UTC on 26 December`; a day ends at 24:00. */
export const spokenHour = (at: number): string =>
  `between ${hourOfDay(at)}:00 and ${hourOfDay(at, 1)}:00 UTC on ${spokenDate(at)}`;

/** `26 December` */
export const spokenDate = (at: number): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });

const hourOfDay = (at: number, later = 0): string =>
  String(new Date(at).getUTCHours() + later).padStart(2, '0');
