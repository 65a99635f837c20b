import type { Signal } from '../signal.ts';
import type { Draft } from './model.ts';
import { day, hasPassed, hour, meanOf, rounded } from './numbers.ts';
import type { Piece } from './time-pieces.ts';
import { expectedIn, type Season, spreadOf } from './usual.ts';
import { about, duration, moment } from './words.ts';

export const silenceRules = {
  /** A pause that began earlier is not told: a first weekend looks like a silence. */
  warmUp: 7 * day,
  /** By chance alone so long a pause would come once in e^14, a million, times. */
  odds: 14,
  /** Times of what the longest usual pause would have brought. */
  ofPause: 2,
  /** Variance beyond chance up to which a key is steady. */
  spread: 1.5,
  /** No shorter pause is told. */
  hours: 3,
  /** A key whose pause would have to be longer than this is not steady. */
  patience: 7 * 24,
  /** After this time nothing is the new usual. */
  accepted: 14 * day,
  /** Requests an hour from which it is worth a warning. */
  warning: 10,
} as const;

/** Takes a piece of time without requests into the pause. */
export function prolongQuiet(model: Draft, season: Season, piece: Piece): void {
  const expected = expectedIn(meanOf(model.level), season, piece);
  const quiet = model.quiet ?? { since: piece.at, expected: 0, odds: 0 };
  quiet.expected = rounded(quiet.expected + expected);
  quiet.odds = rounded(quiet.odds + oddsOf(expected, spreadOf(model)));
  model.quiet = quiet;
}

/** Minus the logarithm of the probability that nothing comes where `expected` is usual, if hours do not depend on each other. */
const oddsOf = (expected: number, spread: number): number => Math.log1p(spread * expected) / spread;

/** A request ends the pause; as long a one is usual from now on, within bounds: a long outage shall not make it deaf. */
export function endQuiet(model: Draft): void {
  const { quiet } = model;
  if (quiet === undefined) return;
  const bound =
    model.silence === undefined ? Number.POSITIVE_INFINITY : 1.5 * silenceRules.ofPause * model.pause + 1;
  model.pause = Math.max(model.pause, Math.min(quiet.expected, bound));
  delete model.quiet;
  delete model.silence;
}

/** Nothing is to be expected of a key that is suspended, and nothing is learned of what is usual. */
export function standStill(model: Draft): void {
  delete model.quiet;
  delete model.silence;
}

/** Whether a pause is unusual by now. */
export function followSilence(model: Draft, at: number): void {
  const { quiet } = model;
  if (quiet === undefined || model.silence !== undefined) return;
  if (quiet.since - model.since < silenceRules.warmUp || spreadOf(model) > silenceRules.spread) return;
  if (!isUnusual(model.pause, quiet, at)) return;
  model.silence = { since: quiet.since, level: rounded(meanOf(model.level)) };
}

function isUnusual(pause: number, quiet: NonNullable<Draft['quiet']>, at: number): boolean {
  const lasted = at - quiet.since;
  return (
    hasPassed(lasted, silenceRules.hours * hour) &&
    lasted <= silenceRules.patience * hour &&
    quiet.odds >= silenceRules.odds &&
    quiet.expected > silenceRules.ofPause * pause
  );
}

/** Silence that is told; after two weeks it is not told any more. */
const isOpen = (model: Draft): boolean =>
  model.silence !== undefined && model.through - model.silence.since < silenceRules.accepted;

/** When nothing having come would be unusual. */
export function silenceLookAt(model: Draft, season: Season): number | undefined {
  if (model.silence !== undefined) return isOpen(model) ? model.through + hour : undefined;
  const level = meanOf(model.level);
  const spread = spreadOf(model);
  if (model.last === undefined || level < 0.1 || spread > silenceRules.spread) return undefined;
  const quiet = { ...(model.quiet ?? { since: model.through, expected: 0, odds: 0 }) };
  if (quiet.since - model.since < silenceRules.warmUp) return undefined;
  const end = quiet.since + silenceRules.patience * hour;
  for (let at = model.through; at < end; ) {
    const next = (Math.floor(at / hour) + 1) * hour;
    const expected = expectedIn(level, season, { at, hours: (next - at) / hour });
    quiet.expected += expected;
    quiet.odds += oddsOf(expected, spread);
    at = next;
    if (isUnusual(model.pause, quiet, at)) return at;
  }
  return undefined;
}

export function tellSilence(model: Draft): Signal[] {
  const { silence, quiet } = model;
  if (silence === undefined || quiet === undefined || !isOpen(model)) return [];
  const hours = (model.through - silence.since) / hour;
  return [
    {
      kind: 'silence',
      severity: silence.level >= silenceRules.warning ? 'warning' : 'info',
      of: '',
      explanation: `No requests since ${moment(silence.since)}, for ${duration(hours)}; usual in this time: ${about(quiet.expected)}.`,
      facts: {
        since: new Date(silence.since).toISOString(),
        hours: Math.round(hours),
        usual: Math.round(quiet.expected),
      },
    },
  ];
}
