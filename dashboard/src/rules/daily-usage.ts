import type { AccountKey, UsageReport } from '../api/types.ts';
import { daysOf, monthOf } from './month.ts';

export interface DayCount {
  /** `2026-11-27`, in UTC. */
  readonly day: string;
  readonly requests: number;
  /** `part`: today, which is not over. `ahead`: nothing can have been counted. */
  readonly stands: 'over' | 'part' | 'ahead';
}

/** Every day of the month, those without a request too. */
export function dayCounts({ period, days }: Pick<UsageReport, 'period' | 'days'>, now: number): DayCount[] {
  const today = new Date(now).toISOString().slice(0, 10);
  return daysOf(period).map((day) => ({
    day,
    requests: days[day] ?? 0,
    stands: day < today ? 'over' : day === today ? 'part' : 'ahead',
  }));
}

/** What a month was like; undefined where it had no request. */
export function summaryOf(
  counts: readonly DayCount[],
  beganAt: string,
): { readonly busiest: DayCount; readonly perDay: number } | undefined {
  const firstDay = beganAt.slice(0, 10);
  // Days before the account say nothing of it; of an earlier subscription that joined it there may be some.
  const lived = counts.filter(
    ({ day, stands, requests }) => stands === 'over' && (day >= firstDay || requests > 0),
  );
  const total = lived.reduce((sum, { requests }) => sum + requests, 0);
  const busiest = counts.reduce<DayCount | undefined>(
    (most, each) => (each.requests > (most?.requests ?? 0) ? each : most),
    undefined,
  );
  return busiest === undefined
    ? undefined
    : { busiest, perDay: lived.length === 0 ? 0 : total / lived.length };
}

export interface KeyCount {
  readonly keyId: string;
  /** Absent where there is no such key any more. */
  readonly key?: AccountKey;
  readonly requests: number;
}

/** Requests by key, the most first; in the present month, live keys without one too. */
export function keyCounts(
  { period, keys: counts }: Pick<UsageReport, 'period' | 'keys'>,
  keys: readonly AccountKey[],
  now: number,
): readonly KeyCount[] {
  const used = Object.entries(counts).map(([keyId, requests]): KeyCount => {
    const key = keys.find((each) => each.keyId === keyId);
    return { keyId, requests, ...(key === undefined ? {} : { key }) };
  });
  const unused =
    period === monthOf(now)
      ? keys.filter(({ keyId, status }) => status !== 'revoked' && counts[keyId] === undefined)
      : [];
  return [...used, ...unused.map((key) => ({ keyId: key.keyId, key, requests: 0 }))].toSorted(
    (a, b) => b.requests - a.requests || nameOf(a).localeCompare(nameOf(b), 'en'),
  );
}

const nameOf = ({ key, keyId }: KeyCount) => key?.name ?? keyId;
