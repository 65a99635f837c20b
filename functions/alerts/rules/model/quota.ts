import type { Severity, Sight, Signal } from '../signal.ts';
import type { Draft } from './model.ts';
import { day, hour, meanOf } from './numbers.ts';
import { factorAt, type Season } from './usual.ts';
import { about, count, date, moment, thousands } from './words.ts';

type Quota = NonNullable<Sight['quota']>;

export const quotaRules = {
  thresholds: [
    [100, 'critical'],
    [80, 'warning'],
    [50, 'info'],
  ],
  /** Nothing is foretold before so much time is known. */
  warmUp: 7 * day,
  /** It is worth telling if the requests run out so long before the month does. */
  early: day,
  /** Of what is expected, so much has to come true for it to be told; so much more may come for it to be taken back. */
  opens: 0.9,
  reopens: 0.75,
  closes: 1.15,
  /** Without so many days it is a warning. */
  warning: 3 * day,
} as const satisfies Record<string, unknown> & { thresholds: readonly (readonly [number, Severity])[] };

/** The end of a month such as `2026-11`, in UTC. */
export function endOfMonth(period: string): number {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return Date.UTC(year, month, 1);
}

/** The highest threshold that is passed, until the month ends. */
export function tellThreshold({ quota, to }: Sight): Signal[] {
  if (quota === undefined || !(quota.limit > 0) || to >= endOfMonth(quota.period)) return [];
  const { period, used, limit } = quota;
  const passed = quotaRules.thresholds.find(([percent]) => used * 100 >= limit * percent);
  if (passed === undefined) return [];
  const [percent, severity] = passed;
  const reset = `The month ends at ${moment(endOfMonth(period))}`;
  const consequence = percent === 100 ? `${reset}; requests are refused until then.` : `${reset}.`;
  const explanation =
    percent === 100
      ? `All of this month's ${count(limit, 'request')} are used. ${consequence}`
      : `${thousands(used)} of this month's ${count(limit, 'request')} are used: ${Math.floor((used / limit) * 100)} %. ${consequence}`;
  return [
    {
      kind: 'quota-threshold',
      severity,
      of: `${period}/${percent}`,
      explanation,
      facts: { period, used, limit, percent },
    },
  ];
}

/**
 * When the requests that are left would be used up, if `share` of the expected ones come; undefined where that is not
 * clearly before the month's end.
 */
function exhaustion(
  model: Draft,
  season: Season,
  quota: Quota,
  at: number,
  share: number,
): number | undefined {
  const last = endOfMonth(quota.period) - quotaRules.early;
  const level = meanOf(model.pace) * share;
  let left = quota.limit - quota.used;
  for (let now = at; now < last; ) {
    const next = (Math.floor(now / hour) + 1) * hour;
    left -= level * factorAt(season, now) * ((next - now) / hour);
    if (left <= 0) return next <= last ? next : undefined;
    now = next;
  }
  return undefined;
}

/** Whether the month's requests run out too early at this pace. @returns what is told */
export function followForecast(model: Draft, season: Season, { quota, to }: Sight): Signal[] {
  if (quota === undefined || !(quota.limit > 0)) return [];
  if (model.forecast !== undefined && model.forecast.period !== quota.period) {
    const wasOpen = model.forecast.open;
    delete model.forecast;
    // What was foretold of one month ends with it, be it that the next one looks alike.
    if (wasOpen) return [];
  }
  const known = model.forecast;
  const isOpen = known?.open ?? false;
  const certain = to - model.since >= quotaRules.warmUp && quota.used < quota.limit;
  const share = isOpen ? quotaRules.closes : known?.ended ? quotaRules.reopens : quotaRules.opens;
  const goesOn = certain && exhaustion(model, season, quota, to, share) !== undefined;
  if (goesOn || known)
    model.forecast = {
      period: quota.period,
      open: goesOn,
      ended: (known?.ended ?? false) || (isOpen && !goesOn),
    };
  return goesOn ? [tellForecast(model, season, quota, to)] : [];
}

function tellForecast(model: Draft, season: Season, quota: Quota, to: number): Signal {
  const { period, used, limit } = quota;
  const end = endOfMonth(period);
  // With hysteresis it may be told though by now it is a close call.
  const at =
    exhaustion(model, season, quota, to, 1) ?? exhaustion(model, season, quota, to, quotaRules.closes) ?? end;
  const daily = meanOf(model.pace) * 24;
  const missing = Math.floor((end - at) / day);
  return {
    kind: 'quota-forecast',
    severity: end - at >= quotaRules.warning ? 'warning' : 'info',
    of: '',
    explanation: `At ${about(daily)} requests a day, this month's ${count(limit, 'request')} will be used up about ${date(at)}, ${count(missing, 'day')} before the month ends; ${thousands(used)} are used so far.`,
    facts: { period, used, limit, daily: Math.round(daily), usedUpAt: new Date(at).toISOString() },
  };
}
