import type { Period } from './rules/period.ts';
import type { UsageReport } from './rules/report.ts';
import type { Usage } from './rules/usage-item.ts';

export type { UsageReport };

/**
 * A month's usage of a subscription against its limit.
 * @param current tier and limit as they are now; a month that is over reports those of its last request
 */
export function usageReport(
  subscriptionId: string,
  period: Period,
  usage: Usage,
  current: { readonly tier: string; readonly limit: number },
  now: Date,
): UsageReport {
  const over = period.endsAt <= now.getTime();
  const limit = over ? (usage.quota ?? current.limit) : current.limit;
  return {
    subscriptionId,
    tier: over ? (usage.tier ?? current.tier) : current.tier,
    period: period.name,
    limit,
    total: usage.total,
    remaining: Math.max(0, limit - usage.total),
    resetsAt: new Date(period.endsAt).toISOString(),
    days: usage.days,
    keys: usage.keys,
  };
}
