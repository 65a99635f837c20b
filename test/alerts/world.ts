import type { SuspensionPolicy } from '../../functions/alerts/contract.ts';
import { type DetectionReport, detect } from '../../functions/alerts/detect.ts';
import {
  type ActivityItem,
  keySubject,
  lookShardOf,
  subscriptionSubject,
} from '../../functions/alerts/rules/activity-item.ts';
import type { AlertItem } from '../../functions/alerts/rules/alert-item.ts';
import { createActivityStore } from '../../functions/alerts/stores/activity-store.ts';
import { createAlertStore } from '../../functions/alerts/stores/alert-store.ts';
import { createKeyStore, type KeyItem } from '../../functions/keys/index.ts';
import { createSubscriptionStore } from '../../functions/subscriptions/stores/subscription-store.ts';
import { createUsageStore } from '../../functions/usage/index.ts';
import { keyAttribute } from '../../functions/usage/rules/usage-item.ts';
import { MemoryTables, type Reach } from './memory-tables.ts';
import { usualModel } from './samples.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** Requests of an hour, as usual. */
export const usual = 100;

/** Subscriptions with keys, on tables in memory and a clock that a test moves. */
export class World {
  readonly tables = new MemoryTables();
  /** From which severity on a key is suspended, by tier; none as it is. */
  suspensionPolicy: SuspensionPolicy = {};
  /** Epoch milliseconds; a few seconds past an hour, as the rule of the run has it. */
  now = Date.parse('2026-11-17T10:00:05Z');
  readonly #began = this.now - 28 * day;

  get month(): string {
    return new Date(this.now).toISOString().slice(0, 7);
  }

  subscribe(subscriptionId: string, keyIds: readonly string[], tier = 'enterprise'): void {
    const createdAt = new Date(this.#began).toISOString();
    this.tables.plant('subscriptions', { subscriptionId, tier, keyIds, createdAt, revision: 1 });
    for (const keyId of keyIds) {
      this.tables.plant('keys', {
        keyId,
        subscriptionId,
        tier,
        suspensions: {},
        secrets: [{ version: 1, createdAt }],
        rotateAt: new Date(this.now + 60 * day).toISOString(),
        createdAt,
        revision: 1,
      });
    }
  }

  /** Takes a key away from its subscription, as revoking does. */
  revoke(subscriptionId: string, keyId: string): void {
    const item = this.tables.item('subscriptions', { subscriptionId }) ?? {};
    const keyIds = (item['keyIds'] as string[]).filter((id) => id !== keyId);
    this.tables.plant('subscriptions', { ...item, keyIds });
  }

  suspend(keyId: string): void {
    const suspensions = { owner: { at: new Date(this.now).toISOString(), by: 'the owner' } };
    this.tables.plant('keys', { ...this.tables.item('keys', { keyId }), suspensions });
  }

  /** Gives a key a new secret at that moment, without grace. */
  rotate(keyId: string, at: number): void {
    const secrets = [{ version: 2, createdAt: new Date(at).toISOString() }];
    this.tables.plant('keys', { ...this.tables.item('keys', { keyId }), secrets });
  }

  resume(keyId: string): void {
    this.tables.plant('keys', { ...this.tables.item('keys', { keyId }), suspensions: {} });
  }

  /** Gives a subject four weeks in which every hour was like the other. */
  withHistory(subject: string, subscriptionId: string, requests = usual): void {
    this.tables.plant('activity', {
      subject,
      subscriptionId,
      model: historyOf(requests, this.#began, this.now),
      through: new Date(this.now).toISOString(),
      counted: { period: this.month, requests: 0, refused401: 0, refused403: 0, refused429: 0 },
    });
  }

  /** Requests in the hour that begins now: counted at once, told by the logs. */
  requests(subscriptionId: string, keyId: string, count: number): void {
    const key = { subscriptionId, period: this.month };
    const usage = this.tables.item('usage', key) ?? {};
    const add = (name: string) => ({ [name]: Number(usage[name] ?? 0) + count });
    this.tables.plant('usage', { ...usage, ...key, ...add('total'), ...add(keyAttribute(keyId)) });
    this.log(keySubject(keyId), { subscriptionId });
  }

  /** What the logs tell of a subject. */
  log(subject: string, attributes: Partial<ActivityItem> = {}): void {
    const item = (this.tables.item('activity', { subject }) ?? { subject }) as unknown as ActivityItem;
    const at = new Date(this.now + 60_000).toISOString();
    this.tables.plant('activity', {
      ...item,
      ...attributes,
      firstAt: item.firstAt ?? at,
      seen: (item.seen ?? 0) + 1,
      dueShard: lookShardOf(subject),
      lookAt: `${at.slice(0, 13)}:00:00.000Z`,
    });
  }

  /** A look that is due though nothing came. */
  await(subject: string): void {
    const lookAt = new Date(this.now).toISOString();
    const item = this.tables.item('activity', { subject });
    this.tables.plant('activity', { ...item, subject, dueShard: lookShardOf(subject), lookAt });
  }

  /** The run of the next hour. */
  async nextRun(reach?: Reach): Promise<DetectionReport> {
    this.now += hour;
    return this.run(reach);
  }

  run(reach?: Reach, hasTime: () => boolean = () => true): Promise<DetectionReport> {
    const client = this.tables.client(reach);
    const act = {
      actor: { kind: 'system', id: 'detect-anomalies' } as const,
      requestId: 'a-run',
      now: new Date(this.now),
    };
    return detect(act, hasTime, {
      client,
      activity: createActivityStore(client, 'activity'),
      alerts: createAlertStore(client, 'alerts'),
      keys: createKeyStore(client, 'keys'),
      subscriptions: createSubscriptionStore(client, 'subscriptions'),
      usages: createUsageStore(client, 'usage'),
      limits: {
        free: { requestsPerMonth: 100, ratePerSecond: 2, burst: 5 },
        enterprise: { requestsPerMonth: 1_000_000, ratePerSecond: 200, burst: 400 },
      },
      suspensionPolicy: this.suspensionPolicy,
      ...(Object.keys(this.suspensionPolicy).length === 0
        ? {}
        : { timers: { noticeDays: 7, reminderHours: 6 } }),
      clock: () => this.now,
    });
  }

  key(keyId: string): KeyItem | undefined {
    return this.tables.item('keys', { keyId }) as unknown as KeyItem | undefined;
  }

  /** In the order of their opening. */
  alerts(): AlertItem[] {
    const alerts = this.tables.items('alerts') as unknown as AlertItem[];
    return alerts.toSorted((a, b) => (`${a.openedAt}${a.alertId}` < `${b.openedAt}${b.alertId}` ? -1 : 1));
  }

  activity(subject: string): ActivityItem | undefined {
    return this.tables.item('activity', { subject }) as unknown as ActivityItem | undefined;
  }
}

/** A subscription of one key with a history, and its own. */
export function oneKey(world: World, name = 'A'): { subscriptionId: string; keyId: string } {
  const ids = { subscriptionId: `sub_${name.padEnd(20, '0')}`, keyId: name.padEnd(12, '0') };
  world.subscribe(ids.subscriptionId, [ids.keyId]);
  world.withHistory(keySubject(ids.keyId), ids.subscriptionId);
  world.withHistory(subscriptionSubject(ids.subscriptionId), ids.subscriptionId);
  return ids;
}

const histories = new Map<string, string>();

/** The same for all that are alike: a storm has thousands of them. */
function historyOf(requests: number, from: number, to: number): string {
  const name = `${requests} ${from} ${to}`;
  const known = histories.get(name) ?? usualModel(requests, from, to);
  histories.set(name, known);
  return known;
}
