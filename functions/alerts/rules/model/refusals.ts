import { type RefusalStatus, refusalStatuses, type Sight, type Signal } from '../signal.ts';
import type { Draft, Refusals } from './model.ts';
import { add, day, faded, hasPassed, hour, meanOf, rounded } from './numbers.ts';
import { stretchOf } from './usual.ts';
import { count as counted, duration, thousands, timespan } from './words.ts';

export const refusalRules = {
  warmUp: 3 * day,
  /** Fewer in a sight are none... */
  least: 20,
  /** ...nor are those that are less than this share of all requests. */
  share: 0.1,
  /** Times of the usual mean, and of the most that is usual in an hour. */
  ofMean: 5,
  ofPeak: 2,
  calm: 2,
  accepted: 24,
  /** Critical from so many an hour on, unless they are 429: those do what limits are for. */
  critical: 1_000,
} as const;

const memory = { level: 7 * 24, recent: 12 };
const peakHalfLife = 14 * 24;

/** Follows the refusals of a sight, and learns them. */
export function followRefusals(model: Draft, sight: Sight): void {
  for (const status of refusalStatuses) {
    const count = sight.refused[status] ?? 0;
    const known = model.refusals[status];
    if (count === 0 && known === undefined) continue;
    const refusals = known ?? nothingRefused(model, sight);
    follow(refusals, count, model, sight);
    model.refusals[status] = refusals;
    if (isForgotten(refusals)) delete model.refusals[status];
  }
}

/** Until now there were none. */
const nothingRefused = ({ since }: Draft, { from }: Sight): Refusals => ({
  level: { sum: 0, weight: rounded(Math.min(memory.level, Math.max(0, (from - since) / hour))) },
  recent: { sum: 0, weight: 0 },
  peak: 0,
});

const isForgotten = ({ level, peak, burst }: Refusals): boolean =>
  burst === undefined && peak < 0.1 && level.sum < 0.1;

function follow(refusals: Refusals, count: number, model: Draft, { from, to, requests }: Sight): void {
  const hours = (to - from) / hour;
  const mean = meanOf(refusals.level);
  const middle = mean * Math.max(hours, 1);
  const most = refusals.peak + mean * Math.max(0, hours - 1);
  const bound = Math.max(refusalRules.least - 1, refusalRules.ofMean * middle, refusalRules.ofPeak * most);
  const isMany = count > bound && count >= refusalRules.share * (requests + count);
  const usual = { middle, low: 0, high: Math.max(most, middle), burst: most };
  const { burst } = refusals;
  if (burst !== undefined) {
    burst.total += count;
    burst.calm = count > Math.max(refusalRules.least / 2, bound / 2) ? 0 : burst.calm + hours;
    if (count / hours > burst.worst.count / ((burst.worst.to - burst.worst.from) / hour)) {
      burst.worst = stretchOf(from, to, count, usual);
    }
  } else if (isMany && from - model.since >= refusalRules.warmUp) {
    refusals.burst = { since: from, total: count, calm: 0, worst: stretchOf(from, to, count, usual) };
  }

  const taken = refusals.burst === undefined ? count : Math.min(count, bound);
  add(refusals.level, taken, hours, hours, memory.level);
  add(refusals.recent, count, hours, hours, memory.recent);
  refusals.peak = rounded(Math.max(faded(refusals.peak, hours, peakHalfLife), taken / Math.max(hours, 1)));
  settle(refusals, to);
}

/** What is over ends; what has lasted for a day is the new usual. */
function settle(refusals: Refusals, to: number): void {
  const { burst, recent } = refusals;
  if (burst === undefined) return;
  if (hasPassed(burst.calm * hour, refusalRules.calm * hour)) {
    delete refusals.burst;
  } else if (hasPassed(to - burst.since, refusalRules.accepted * hour)) {
    const level = meanOf(recent);
    refusals.level = { sum: level * memory.recent, weight: memory.recent };
    refusals.peak = Math.max(refusals.peak, level * 1.5);
    delete refusals.burst;
  }
}

export const isRefusing = (model: Draft): boolean =>
  refusalStatuses.some((status) => model.refusals[status]?.burst !== undefined);

const why: Record<RefusalStatus, string> = {
  '401': 'the key was not accepted',
  '403': 'not allowed',
  '429': 'too many requests',
};

export const tellRefusals = (model: Draft): Signal[] =>
  refusalStatuses.flatMap((status) => {
    const burst = model.refusals[status]?.burst;
    if (burst === undefined) return [];
    const { from, to, count, high } = burst.worst;
    const hourly = count / Math.max(1, (to - from) / hour);
    const inTime = to - from <= 1.5 * hour ? 'an hour' : 'this time';
    const usual = high === 0 ? 'usually there are none' : `usual for ${inTime}: at most ${thousands(high)}`;
    const seen = `${counted(count, 'request was', 'requests were')} refused with ${status} (${why[status]}) ${timespan(from, to)}; ${usual}.`;
    const lasts = model.through - burst.since > 1.5 * hour;
    const since = `It has lasted for ${duration((model.through - burst.since) / hour)}, with ${thousands(burst.total)} refused.`;
    return [
      {
        kind: 'refusals' as const,
        severity: status !== '429' && hourly >= refusalRules.critical ? 'critical' : 'warning',
        of: status,
        explanation: lasts ? `${seen} ${since}` : seen,
        facts: {
          status,
          refused: count,
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          usualHigh: high,
          since: new Date(burst.since).toISOString(),
          total: burst.total,
        },
      },
    ];
  });
