import type { UsageReport } from '../api/types.ts';

/** Whether what is left of the month lasts, if it goes on as it does now. */
export type Pace =
  /** Nothing is left. */
  | { readonly kind: 'used-up' }
  /** No request yet in this month. */
  | { readonly kind: 'unused' }
  /** Less than a day to judge by, and little used. */
  | { readonly kind: 'too-early' }
  /** None for a week. */
  | { readonly kind: 'resting' }
  | { readonly kind: 'lasts'; readonly perDay: number; readonly expected: number }
  /** `at`: when the last one is used, in milliseconds since 1970. */
  | { readonly kind: 'runs-out'; readonly perDay: number; readonly at: number };

const day = 86_400_000;
/** Days, today included, by which the pace is judged: a week has its quiet days in it. */
export const paceDays = 7;
/** Whoever has used this share within a day is told, early as it is. */
const telling = 0.2;

/** @param beganAt when the account began: days before it say nothing. Invariant: a pace is never judged by less than a day */
export function paceOf(
  { period, total, limit, remaining, resetsAt, days }: Omit<UsageReport, 'subscriptionId' | 'tier' | 'keys'>,
  beganAt: string,
  now: number,
): Pace {
  if (remaining <= 0) return { kind: 'used-up' };
  if (total === 0) return { kind: 'unused' };
  const today = Math.floor(now / day) * day;
  const since = Math.max(
    Date.parse(`${period}-01T00:00:00Z`),
    Date.parse(beganAt),
    today - (paceDays - 1) * day,
  );
  const elapsed = (now - since) / day;
  if (elapsed < 1 && total < limit * telling) return { kind: 'too-early' };
  const recent = Object.entries(days)
    .filter(([name]) => Date.parse(`${name}T23:59:59Z`) >= since)
    .reduce((sum, [, requests]) => sum + requests, 0);
  if (recent === 0) return { kind: 'resting' };
  const perDay = recent / Math.max(1, elapsed);
  const daysLeft = Math.max(0, Date.parse(resetsAt) - now) / day;
  const expected = Math.round(total + perDay * daysLeft);
  if (expected <= limit) return { kind: 'lasts', perDay, expected };
  return { kind: 'runs-out', perDay, at: now + (remaining / perDay) * day };
}
