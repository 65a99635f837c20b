import type { Draft, Model, Stretch } from './model.ts';
import { hour, meanOf } from './numbers.ts';
import { type Piece, piecesOf } from './time-pieces.ts';

/** How much more, or less, than the level comes in an hour of the day (UTC), and on a day of the week. */
export interface Season {
  readonly ofDay: readonly number[];
  readonly ofWeek: readonly number[];
}

/** Evidence (in days, and in hours) at which a factor counts half as much as it says. */
const doubt = { day: 1, week: 24 };

/** The factors known by now, each drawn towards 1 as long as little is known of it. Their mean is 1. */
export function seasonOf(model: Model | Draft): Season {
  return { ofDay: factorsOf(model.day, doubt.day), ofWeek: factorsOf(model.week, doubt.week) };
}

export const factorAt = (season: Season, at: number): number =>
  (season.ofDay[hourOfDay(at)] ?? 1) * (season.ofWeek[dayOfWeek(at)] ?? 1);

export const hourOfDay = (at: number): number => Math.floor(at / hour) % 24;

/** 1 January 1970 was a Thursday; which day is the first does not matter. */
export const dayOfWeek = (at: number): number => Math.floor(at / (24 * hour)) % 7;

function factorsOf(known: Model['day'], doubt: number): number[] {
  const all = known.sum.map((sum, slot) => {
    const weight = known.weight[slot] ?? 0;
    const ratio = (sum + 0.1) / (weight + 0.1);
    return Math.min(20, Math.max(0.01, ratio ** (weight / (weight + doubt))));
  });
  const mean = all.reduce((total, factor) => total + factor, 0) / all.length;
  return all.map((factor) => factor / mean);
}

/** Requests that are expected in a piece of time. */
export const expectedIn = (level: number, season: Season, { at, hours }: Piece): number =>
  level * factorAt(season, at) * hours;

/** Variance beyond chance, as a multiple of the expectation's square. */
export const spreadOf = (model: Model | Draft): number => Math.min(60, Math.max(0.005, meanOf(model.spread)));

/**
 * Below what number all but one in a hundred, or so, of the counts with this mean and spread are: the quantile of a gamma
 * distribution with the mean and variance of the negative binomial, after Wilson and Hilferty.
 * @param z in standard deviations of a normal distribution
 */
export function quantile(mean: number, spread: number, z: number): number {
  if (mean <= 0) return 0;
  const scale = 1 + spread * mean;
  const ninth = scale / (9 * mean);
  return mean * Math.max(0, 1 - ninth + z * Math.sqrt(ninth)) ** 3;
}

const inAHundred = 2.326;

export const highOf = (mean: number, spread: number): number => quantile(mean, spread, inAHundred);

/**
 * The same for bursts. The bursts of a key whose hours are all alike follow its season; those of one whose requests come
 * in bursts may come at any hour.
 */
export function burstFactorAt(season: Season, spread: number, at: number): number {
  const factor = factorAt(season, at);
  return factor + (1 - factor) * anyHourOf(spread);
}

/** From 0, where hours are alike but for season, to 1, where all comes in bursts. */
export const anyHourOf = (spread: number): number => Math.min(1, spread / 2) ** 2;

/** A burst is not taken to be usual that is higher than anything that came, by more than this. */
const aboveMost = 1.5;

/**
 * The strongest usual burst, had it come when the season has this factor: a few requests in the dead of night, multiplied
 * by how much more comes by day, would be one that no day has ever seen.
 */
export const burstAt = ({ peak, most }: Model | Draft, factor: number): number =>
  Math.min(peak.height * factor, aboveMost * most.count);

export interface Usual {
  /** Expected requests. */
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  /** The strongest usual burst, had it come at the busiest time of the sight. */
  readonly burst: number;
}

/** What is usual for a time. Less than an hour is compared with a whole one: all of it may come in some minutes. */
export function usualIn(model: Draft, season: Season, from: number, to: number): Usual {
  const level = meanOf(model.level);
  const spread = spreadOf(model);
  const pieces = to - from < hour ? piecesOf(from, from + hour) : piecesOf(from, to);
  const middle = pieces.reduce((sum, piece) => sum + expectedIn(level, season, piece), 0);
  const busiest = pieces.reduce((most, { at }) => Math.max(most, factorAt(season, at)), 0);
  const bursting = pieces.reduce((most, { at }) => Math.max(most, burstFactorAt(season, spread, at)), 0);
  const besides = Math.max(0, middle - level * busiest);
  return {
    middle,
    low: quantile(middle, spread, -inAHundred),
    high: highOf(middle, spread),
    burst: burstAt(model, bursting) + besides,
  };
}

export const stretchOf = (from: number, to: number, count: number, usual: Usual): Stretch => ({
  from,
  to,
  count,
  low: Math.floor(usual.low),
  high: Math.ceil(usual.high),
  middle: Math.round(usual.middle * 100) / 100,
  burst: Math.ceil(usual.burst),
});
