import { play } from './play.ts';
import { randomOf } from './random.ts';
import { nothing, type Score } from './score.ts';
import { type TrafficKind, usualTraffic } from './usual-traffic.ts';

const hour = 3_600_000;
const kinds: readonly TrafficKind[] = ['steady', 'noisy', 'diurnal', 'weekly', 'growing', 'bursty'];

export interface QuotaResult {
  readonly thresholds: Score;
  /** A forecast is right where the month's requests were used up before its end; it has to come before they are. */
  readonly forecasts: Score;
  /** Days between the forecast and the end of the requests. */
  readonly lead: number[];
  /** Months in which a forecast was given up and made again. */
  readonly repeated: number;
}

/** Plays months of subscriptions whose traffic needs between half of the quota and twice as much. */
export function playQuotas(seed: number, subscriptions: number): QuotaResult {
  const random = randomOf(seed);
  const lead: number[] = [];
  let thresholds: Score = nothing;
  let forecasts: Score = nothing;
  let repeated = 0;
  for (let number = 0; number < subscriptions; number++) {
    const traffic = usualTraffic(random, kinds[number % kinds.length] ?? 'steady', 120);
    const months = monthsOf(traffic.start, traffic.requests);
    const typical = months[1]?.total ?? 0;
    const limit = Math.max(100, Math.round(typical * random.between(0.5, 2)));
    const used = usedAt(traffic.start, traffic.requests, limit);
    // What the quota refuses is not admitted, and is not counted.
    const admitted = traffic.requests.map((count, at) => Math.min(count, used.before(at).left));
    const { incidents } = play({ ...traffic, requests: admitted }, used.quotaAt);

    // The first month belongs to the warm-up, the last one is not over.
    for (const month of months.slice(1, -1)) {
      const inMonth = incidents.filter(({ opened }) => opened >= month.from && opened < month.to);
      const told = inMonth.filter(({ kind }) => kind === 'quota-forecast');
      const end = used.exhausted(month.from, month.to);
      const first = told[0];
      const isEarly = end !== undefined && month.to - end >= 3 * 24;
      const isFound = first !== undefined && end !== undefined && first.opened < end;
      forecasts = {
        labels: forecasts.labels + (isEarly ? 1 : 0),
        found: forecasts.found + (isEarly && isFound ? 1 : 0),
        alerts: forecasts.alerts + (told.length > 0 ? 1 : 0),
        right: forecasts.right + (told.length > 0 && end !== undefined ? 1 : 0),
        delays: [],
      };
      if (isFound && end !== undefined && first) lead.push((end - first.opened) / 24);
      if (told.length > 1) repeated++;
      const passed = [50, 80, 100].map((percent) => used.passed(month.from, month.to, percent));
      [50, 80, 100].forEach((percent, index) => {
        const at = passed[index];
        const alert = inMonth.find(
          ({ kind, of }) => kind === 'quota-threshold' && of.endsWith(`/${percent}`),
        );
        // Two thresholds in one hour are one alert, of the higher.
        const isHighest = at !== undefined && passed[index + 1] !== at;
        thresholds = {
          labels: thresholds.labels + (isHighest ? 1 : 0),
          found: thresholds.found + (isHighest && alert ? 1 : 0),
          alerts: thresholds.alerts + (alert ? 1 : 0),
          right: thresholds.right + (alert && at !== undefined ? 1 : 0),
          delays: isHighest && alert ? [...thresholds.delays, alert.opened - at] : thresholds.delays,
        };
      });
    }
  }
  return { thresholds, forecasts, lead, repeated };
}

const periodOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** The calendar months of a series: hours [from, to), and what came in them. */
function monthsOf(start: number, requests: readonly number[]) {
  const months: { period: string; from: number; to: number; total: number }[] = [];
  requests.forEach((count, at) => {
    const period = periodOf(start + at * hour);
    const month = months.at(-1);
    if (month?.period === period) {
      month.to = at + 1;
      month.total += count;
    } else months.push({ period, from: at, to: at + 1, total: count });
  });
  return months;
}

/** The counter of a subscription, as it stands at each full hour. */
function usedAt(start: number, requests: readonly number[], limit: number) {
  const used: number[] = [];
  let period = '';
  let total = 0;
  requests.forEach((count, at) => {
    const current = periodOf(start + at * hour);
    if (current !== period) total = 0;
    period = current;
    total = Math.min(limit, total + count);
    used.push(total);
  });
  const first = (from: number, to: number, least: number) => {
    for (let at = from; at < to; at++) if ((used[at] ?? 0) >= least) return at;
    return undefined;
  };
  return {
    quotaAt: (at: number) => {
      const now = periodOf(start + at * hour);
      const isNew = now !== periodOf(start + (at - 1) * hour);
      return { period: now, used: isNew ? 0 : (used[at - 1] ?? 0), limit };
    },
    before: (at: number) => {
      const isNew = at === 0 || periodOf(start + at * hour) !== periodOf(start + (at - 1) * hour);
      return { left: limit - (isNew ? 0 : (used[at - 1] ?? 0)) };
    },
    exhausted: (from: number, to: number) => first(from, to, limit),
    passed: (from: number, to: number, percent: number) => first(from, to, (limit * percent) / 100),
  };
}
