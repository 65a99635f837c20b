import type { SubscriptionItem, SubscriptionStore } from '../subscriptions/index.ts';
import type { MonthOfSubscription, Usage, UsageStore } from '../usage/index.ts';
import { type Period, periodOf } from '../usage/rules/index.ts';
import {
  type ActivityItem,
  apiSubject,
  keySubject,
  subscriptionOf,
  subscriptionSubject,
} from './rules/activity-item.ts';
import { type AlertItem, platform } from './rules/alert-item.ts';
import type { ActivityStore } from './stores/activity-store.ts';
import type { AlertStore } from './stores/alert-store.ts';

/** Everything that a look at a subscription and its keys depends on, or at what belongs to nobody (`platform`). */
export interface View {
  readonly subscriptionId: string;
  readonly subscription: SubscriptionItem | undefined;
  /** Of its keys, and of itself where it has been looked at before. */
  readonly items: readonly ActivityItem[];
  /** Epoch milliseconds: what was read is as of then. */
  readonly now: number;
  readonly period: Period;
  /** Of the present month, and of those in which something of it was looked at last. */
  usage(period: string): Usage | undefined;
  readonly alerts: ReadonlyMap<string, AlertItem>;
}

export interface GatherDependencies {
  readonly activity: Pick<ActivityStore, 'many'>;
  readonly alerts: Pick<AlertStore, 'many'>;
  readonly subscriptions: Pick<SubscriptionStore, 'many'>;
  readonly usages: Pick<UsageStore, 'many'>;
  readonly clock: () => number;
}

/** A hundred reads of one item each would cost as many round trips: what belongs to a page of subjects is read together. */
export async function gather(subjects: readonly string[], dependencies: GatherDependencies): Promise<View[]> {
  const { activity, subscriptions } = dependencies;
  const asked = await activity.many(subjects);
  const ofApi = asked.filter(({ subject }) => subject === apiSubject);
  const ids = [...new Set(asked.flatMap((item) => subscriptionOf(item) ?? []))];
  const found = new Map((await subscriptions.many(ids)).map((item) => [item.subscriptionId, item]));
  const known = new Set(asked.map(({ subject }) => subject));
  const siblings = ids
    .flatMap((id) => [subscriptionSubject(id), ...(found.get(id)?.keyIds ?? []).map(keySubject)])
    .filter((subject) => !known.has(subject));
  const items = [...asked, ...(await activity.many(siblings))];
  const bySubscription = Map.groupBy(items, (item) => subscriptionOf(item));

  const now = dependencies.clock();
  const period = periodOf(now);
  const usage = await usageOf(ids, bySubscription, period, dependencies);
  const alerts = await alertsOf(items, dependencies);
  const shared = { now, period, alerts };
  return [
    ...ids.map((subscriptionId) => ({
      ...shared,
      subscriptionId,
      subscription: found.get(subscriptionId),
      items: bySubscription.get(subscriptionId) ?? [],
      usage: (name: string) => usage.get(monthOf({ subscriptionId, period: name })),
    })),
    ...(ofApi.length === 0
      ? []
      : [
          {
            ...shared,
            subscriptionId: platform,
            subscription: undefined,
            items: ofApi,
            usage: () => undefined,
          },
        ]),
  ];
}

async function usageOf(
  subscriptionIds: readonly string[],
  items: ReadonlyMap<string | undefined, readonly ActivityItem[]>,
  { name: present }: Period,
  { usages }: Pick<GatherDependencies, 'usages'>,
): Promise<ReadonlyMap<string, Usage>> {
  const months = subscriptionIds.flatMap((subscriptionId) => {
    const counted = (items.get(subscriptionId) ?? []).flatMap((item) => item.counted?.period ?? []);
    return [...new Set([present, ...counted])].map((period) => ({ subscriptionId, period }));
  });
  const found = await usages.many(months);
  return new Map(found.map((usage, index) => [monthOf(months[index]), usage]));
}

const monthOf = (month: MonthOfSubscription | undefined): string =>
  `${month?.subscriptionId} ${month?.period}`;

async function alertsOf(
  items: readonly ActivityItem[],
  { alerts }: Pick<GatherDependencies, 'alerts'>,
): Promise<ReadonlyMap<string, AlertItem>> {
  const ids = items.flatMap(({ incidents = {} }) => Object.values(incidents).map(({ alertId }) => alertId));
  return new Map((await alerts.many([...new Set(ids)])).map((alert) => [alert.alertId, alert]));
}
