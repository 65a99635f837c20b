import type { Draft } from './model.ts';
import { add, day, faded, meanOf, rounded } from './numbers.ts';
import type { Piece } from './time-pieces.ts';
import {
  burstAt,
  burstFactorAt,
  dayOfWeek,
  expectedIn,
  factorAt,
  highOf,
  hourOfDay,
  type Season,
  spreadOf,
} from './usual.ts';

/** Hours within which each forgets. */
const memory = { level: 72, pace: 7 * 24, recent: 12, spread: 14 * 24, dayOfIt: 14, weekOfIt: 5 * 24 };
/** Hours in which a burst is half forgotten. */
const halfLife = { peak: 10 * 24, surge: 10 * 24, pause: 14 * 24 };
/** A burst that comes every week is remembered in full. */
const held = 8 * day;
/** Until so many hours are known nothing is taken for exceptional. */
const unquestioned = 24;

/**
 * Takes in what came in a piece of time. What exceeds the usual by far is learned in part: a surge of an hour does not
 * become the usual, one that lasts raises it step by step.
 * @param unusual whether this is part of a surge: its height is no usual burst
 */
export function learn(model: Draft, season: Season, piece: Piece, count: number, unusual: boolean): void {
  const { at, hours } = piece;
  const factor = factorAt(season, at);
  const level = meanOf(model.level);
  const spread = spreadOf(model);
  const expected = expectedIn(level, season, piece);
  const bursting = burstFactorAt(season, spread, at);
  const young = model.level.weight < unquestioned;
  const taken = young
    ? count
    : Math.min(count, Math.max(1.5 * highOf(expected, spread) + 2, burstAt(model, bursting) * hours));

  if (!young) learnSeason(model, season, piece, level, spread, taken);
  if (model.level.weight > 3) learnSpread(model, expected, taken, hours);
  add(model.level, taken, factor * hours, hours, memory.level);
  add(model.pace, taken, factor * hours, hours, memory.pace);
  add(model.recent, count, factor * hours, hours, memory.recent);

  model.pause = rounded(faded(model.pause, hours, halfLife.pause));
  model.lastSurge = rounded(faded(model.lastSurge, hours, halfLife.surge));
  const { peak, most } = model;
  if (at - peak.at > held) peak.height = rounded(faded(peak.height, hours, halfLife.peak));
  if (at - most.at > held) most.count = rounded(faded(most.count, hours, halfLife.peak));
  if (unusual) return;
  const hourly = count / Math.max(hours, 1);
  // What is certain of it: four requests in an hour that has hardly any are no burst of many times the usual.
  const certain = Math.max(0, hourly - (2 * Math.sqrt(count)) / Math.max(hours, 1)) / bursting;
  if (certain >= peak.height) model.peak = { height: rounded(certain), at };
  if (hourly >= most.count) model.most = { count: rounded(hourly), at };
}

/** One hour says no more than this, however far off it is. */
const farthest = 60;

function learnSpread(model: Draft, expected: number, taken: number, hours: number): void {
  const weight = (expected / (1 + expected)) ** 2;
  const off = ((taken - expected) ** 2 - expected) / (1 + expected) ** 2;
  add(model.spread, Math.min(off, farthest * weight) * hours, weight * hours, hours, memory.spread);
}

/** An hour of few requests tells less of its factor than one of many. */
const scarce = 3;
/** So does one of a key whose bursts come at any time. */
const wild = 1;

/** For each factor: what came, as a multiple of what would have been expected without it. */
function learnSeason(
  model: Draft,
  season: Season,
  { at, hours }: Piece,
  level: number,
  spread: number,
  taken: number,
): void {
  const hourly = hourOfDay(at);
  const daily = dayOfWeek(at);
  const adapt = (known: Draft['day'], slot: number, other: number, memory: number) => {
    const expected = level * other * hours;
    if (expected <= 0) return;
    const kept = Math.exp(-hours / memory);
    // Part of an hour says no more of it than it is long.
    const weight = hours / (1 + (scarce * hours) / expected + wild * spread ** 2);
    known.sum[slot] = rounded((known.sum[slot] ?? 0) * kept + (taken / expected) * weight);
    known.weight[slot] = rounded((known.weight[slot] ?? 0) * kept + weight);
  };
  adapt(model.day, hourly, season.ofWeek[daily] ?? 1, memory.dayOfIt);
  adapt(model.week, daily, season.ofDay[hourly] ?? 1, memory.weekOfIt);
}
