import type { Sight, Signal } from '../signal.ts';
import type { Burst, Draft } from './model.ts';
import { day, hasPassed, hour, meanOf, rounded } from './numbers.ts';
import { anyHourOf, burstFactorAt, type Season, spreadOf, stretchOf, usualIn } from './usual.ts';
import { duration, multiple, range, thousands, timespan } from './words.ts';

export const surgeRules = {
  /** Nothing is called a surge before so much time is known. */
  warmUp: 3 * day,
  /** No more requests than these in a sight are none. */
  least: 60,
  /** Times of what is expected, of what is usually the most, and of the strongest usual burst. */
  ofMiddle: 3,
  ofHigh: 1.7,
  ofBurst: 1.7,
  /** Where requests come in bursts, the strongest one differs more from week to week: so much is added. */
  ofAnyBurst: 2,
  /** While little is known, more is asked: this many days count as much as what is known. */
  caution: 2,
  /** Hours as usual that end it. */
  calm: 3,
  /** Hours after which it is the new usual. */
  accepted: 24,
  /** Times of what is expected, and of what is usually the most, from which it is critical. */
  critical: { ofMiddle: 10, ofMost: 5 },
} as const;

/** Follows a surge through a sight: whether one begins, goes on or ends. Before the sight is learned. */
export function followSurge(model: Draft, season: Season, { from, to, requests }: Sight): void {
  const known = from - model.since;
  if (model.surge === undefined && (known < surgeRules.warmUp || requests < surgeRules.least)) return;
  const usual = usualIn(model, season, from, to);
  const { surge } = model;
  if (surge === undefined) {
    const caution = 1 + (surgeRules.caution * day) / known;
    const bound = Math.max(
      surgeRules.least,
      caution * surgeRules.ofMiddle * usual.middle,
      surgeRules.ofHigh * usual.high,
      (surgeRules.ofBurst + surgeRules.ofAnyBurst * anyHourOf(spreadOf(model))) * usual.burst,
    );
    if (requests <= bound) return;
    model.surge = { since: from, total: requests, calm: 0, worst: stretchOf(from, to, requests, usual) };
    return;
  }
  surge.total += requests;
  const goesOn = requests > Math.max(surgeRules.least / 2, 1.5 * usual.middle, usual.high);
  if (goesOn) {
    surge.calm = 0;
    const stretch = stretchOf(from, to, requests, usual);
    if (strength(stretch) > strength(surge.worst)) surge.worst = stretch;
    return;
  }
  surge.calm += (to - from) / hour;
}

/** After the sight was learned: a surge that is over ends, and one that has lasted for a day becomes the usual. */
export function settleSurge(model: Draft, season: Season): void {
  const { surge } = model;
  if (surge === undefined) return;
  if (hasPassed(surge.calm * hour, surgeRules.calm * hour)) {
    learnRepetition(model, season);
    delete model.surge;
    return;
  }
  if (!hasPassed(model.through - surge.since, surgeRules.accepted * hour)) return;
  const level = meanOf(model.recent);
  model.level = { sum: rounded(level * 12), weight: 12 };
  model.pace = { sum: rounded(level * 24), weight: 24 };
  if (level * 1.5 > model.peak.height) model.peak = { height: rounded(level * 1.5), at: model.through };
  hasCome(model, heightOf(surge.worst));
  delete model.surge;
}

/** One surge teaches nothing; a second one that is as high is a habit, such as a new job of every week. */
function learnRepetition(model: Draft, season: Season): void {
  if (model.surge === undefined) return;
  const { worst } = model.surge;
  const height = heightOf(worst) / burstFactorAt(season, spreadOf(model), worst.from);
  const habit = Math.min(height, model.lastSurge * 1.5);
  if (habit > model.peak.height) model.peak = { height: rounded(habit), at: model.through };
  if (habit > 0) hasCome(model, heightOf(worst));
  model.lastSurge = rounded(Math.max(height, model.lastSurge));
}

/** Requests an hour. */
const heightOf = ({ from, to, count }: Burst['worst']): number => count / Math.max(1, (to - from) / hour);

function hasCome(model: Draft, count: number): void {
  if (count > model.most.count) model.most = { count: rounded(count), at: model.through };
}

const strength = ({ count, middle }: Burst['worst']): number => count / Math.max(1, middle);

export function tellSurge({ surge, through }: Draft): Signal[] {
  if (surge === undefined) return [];
  const { from, to, count, low, high, middle, burst } = surge.worst;
  const ofMost = count / Math.max(1, high, burst);
  const isCritical = count >= surgeRules.critical.ofMiddle * middle && ofMost >= surgeRules.critical.ofMost;
  const inTime = to - from <= 1.5 * hour ? 'this hour' : 'this time';
  const bursts = burst > 2 * high ? `, at times up to ${thousands(burst)}` : '';
  const lasts = through - surge.since > 1.5 * hour;
  const seen = `${thousands(count)} requests ${timespan(from, to)}; usual for ${inTime}: ${range(low, high)}${bursts}.`;
  const since = `It has lasted for ${duration((through - surge.since) / hour)}, with ${thousands(surge.total)} requests.`;
  return [
    {
      kind: 'surge',
      severity: isCritical ? 'critical' : 'warning',
      of: '',
      explanation: lasts ? `${seen} ${since}` : seen,
      facts: {
        requests: count,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        usualLow: low,
        usualHigh: high,
        usualBurst: burst,
        timesOfMost: multiple(ofMost),
        since: new Date(surge.since).toISOString(),
        total: surge.total,
      },
    },
  ];
}
