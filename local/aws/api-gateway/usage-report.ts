import { periodStart } from '../../gateway/quota-period.ts';
import type { UsagePlan } from './plans.ts';

const dayMilliseconds = 86_400_000;

/** UTC days (`2026-11-23`) from the first to the last, both included. */
export function daysBetween(first: string, last: string): string[] {
  const start = Date.parse(first);
  const count = Math.floor((Date.parse(last) - start) / dayMilliseconds) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayAt(start + index * dayMilliseconds));
}

/**
 * One `[used, remaining]` a day, as `GetUsage` gives it: what the key used that day, and what its quota had left when
 * the day was over.
 * @param daily requests by UTC day; days without any are absent
 */
export function usageReport(
  days: readonly string[],
  daily: Readonly<Record<string, number>>,
  quota: NonNullable<UsagePlan['quota']>,
): [used: number, remaining: number][] {
  const periodOf = (day: string) => periodStart(quota.Period, Date.parse(day));
  return days.map((day) => {
    const usedInPeriod = Object.entries(daily)
      .filter(([other]) => periodOf(other) === periodOf(day) && other <= day)
      .reduce((sum, [, count]) => sum + count, 0);
    return [daily[day] ?? 0, Math.max(0, quota.Limit - usedInPeriod)];
  });
}

function dayAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
