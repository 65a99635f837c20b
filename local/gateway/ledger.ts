import type { State } from '../state.ts';
import type { UsageLedger } from '../usage.ts';
import type { UsagePlan } from './model.ts';
import { periodStart, utcDay } from './quota-period.ts';

export interface Ledger extends UsageLedger {
  /** Counts one request, or answers false and counts nothing where the quota's period is used up. */
  admit(plan: UsagePlan, keyId: string, now: number): boolean;
}

/**
 * The counts of every (plan, key), one durable number a day: a period's use is the sum of its days. A count is written
 * before the request goes on, in one synchronous step, so that parallel requests cannot overshoot and a killed
 * process forgets none.
 */
export function createLedger(state: State): Ledger {
  const days = state.map<number>('gateway.usage');
  const prefixOf = (planId: string, keyId: string) => `${planId} ${keyId} `;
  const daily = (planId: string, keyId: string): Record<string, number> => {
    const prefix = prefixOf(planId, keyId);
    return Object.fromEntries(days.entries(prefix).map(([key, used]) => [key.slice(prefix.length), used]));
  };
  /** What the current period has used, so that a request need not add up its days. */
  const current = new Map<string, { start: string; used: number }>();

  return {
    daily,
    admit({ id, quota }, keyId, now) {
      const prefix = prefixOf(id, keyId);
      const start = periodStart(quota?.period ?? 'MONTH', now);
      let total = current.get(prefix);
      if (total?.start !== start) {
        const past = Object.entries(daily(id, keyId)).filter(
          ([day]) => periodStart(quota?.period ?? 'MONTH', Date.parse(day)) === start,
        );
        total = { start, used: past.reduce((sum, [, used]) => sum + used, 0) };
        current.set(prefix, total);
      }
      if (quota && total.used >= quota.limit) return false;
      const day = prefix + utcDay(now);
      days.put(day, (days.get(day) ?? 0) + 1);
      total.used += 1;
      return true;
    },
  };
}
