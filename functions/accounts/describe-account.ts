import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import type { SubscriptionStore } from '../subscriptions/index.ts';
import { ownAccount } from '../subscriptions/index.ts';
import { type UsageStore, usageReport } from '../usage/index.ts';
import { periodOf } from '../usage/rules/index.ts';
import { type Account, accountView, type Support } from './views.ts';

export interface AccountDependencies {
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly usages: Pick<UsageStore, 'get'>;
  readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
  /** Whether tiers that cost money can be chosen. */
  readonly paymentAvailable: () => Promise<boolean>;
  readonly support: Support;
}

/** The account as its owner sees it, with the present month's usage. @throws NotFoundError */
export async function describeAccount(
  subscriptionId: string,
  now: Date,
  { subscriptions, usages, limits, paymentAvailable, support }: AccountDependencies,
): Promise<Account> {
  const period = periodOf(now.getTime());
  const [subscription, usage, isAvailable] = await Promise.all([
    ownAccount(subscriptionId, subscriptions),
    usages.get(subscriptionId, period.name),
    paymentAvailable(),
  ]);
  const { tier } = subscription;
  const limit = limitsOf(limits, tier).requestsPerMonth;
  const report = usageReport(subscriptionId, period, usage, { tier, limit }, now);
  return accountView(subscription, report, { limits, paymentAvailable: isAvailable, support, now });
}
