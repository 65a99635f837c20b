import { learn } from './model/learn.ts';
import { beginning, type Draft, draftOf, type Model } from './model/model.ts';
import { followNetworks, networkLookAt, tellNetworks } from './model/networks.ts';
import { hour } from './model/numbers.ts';
import { endOfMonth, followForecast, tellThreshold } from './model/quota.ts';
import { followRefusals, isRefusing, tellRefusals } from './model/refusals.ts';
import { isShownBy } from './model/shown-by.ts';
import {
  endQuiet,
  followSilence,
  prolongQuiet,
  silenceLookAt,
  standStill,
  tellSilence,
} from './model/silence.ts';
import { followSurge, settleSurge, tellSurge } from './model/surge.ts';
import { piecesOf } from './model/time-pieces.ts';
import { expectedIn, type Season, seasonOf } from './model/usual.ts';
import { tellWokeUp, wakes, wokeUpLookAt, wokeUpRules } from './model/woke-up.ts';
import type { Sight, Signal } from './signal.ts';

export { isModel, type Model } from './model/model.ts';

export interface Examined {
  /** What to hand to the next look at the same subject: JSON. */
  readonly model: Model;
  /** All that is unusual now. What a look no longer tells has ended. */
  readonly signals: readonly Signal[];
  /** Those of them that this sight shows: see `isShownBy`. */
  readonly shown: readonly Signal[];
  /** When to look again though nothing comes; epoch ms. */
  readonly lookAt?: number;
}

/**
 * One look: what is unusual in this sight, and the model that has seen it. Pure: the same input gives the same answer.
 * Sights of a subject come in order, without overlap; time that none covers is as if it had not been.
 */
export function examine(known: Model | undefined, sight: Sight): Examined {
  const model = known === undefined ? beginning(sight.from) : woken(known, sight);
  const season = seasonOf(model);
  const isQuiet = sight.requests <= 0;
  const { isSuspended = false } = sight;

  followSurge(model, season, sight);
  followRefusals(model, isSuspended ? { ...sight, refused: { ...sight.refused, 401: 0 } } : sight);
  followNetworks(model, sight);
  if (isQuiet && isSuspended) standStill(model);
  else if (isQuiet) passQuietly(model, season, sight);
  else takeIn(model, season, sight);
  model.through = Math.max(model.through, sight.to);
  settleSurge(model, season);

  const signals = [
    ...tellSurge(model),
    ...tellSilence(model),
    ...tellWokeUp(model),
    ...tellRefusals(model),
    ...tellNetworks(model),
    ...tellThreshold(sight),
    ...followForecast(model, season, sight),
  ];
  const shown = signals.filter((signal) => isShownBy(sight, model, signal));
  if (wokeUpIsOver(model)) delete model.wokeUp;
  const lookAt = nextLook(model, season, sight);
  return { model, signals, shown, ...(lookAt === undefined ? {} : { lookAt }) };
}

/** After weeks of sleep nothing of what was usual need be so still: all but the networks is learned anew. */
function woken(known: Model, sight: Sight): Draft {
  const model = draftOf(known);
  if (!wakes(model, sight)) return model;
  const { last = sight.from, networks, forecast, refusals } = model;
  const anew = { ...beginning(sight.from), refusals, wokeUp: { at: sight.from, before: last } };
  return { ...anew, ...(networks && { networks }), ...(forecast && { forecast }) };
}

const wokeUpIsOver = ({ wokeUp, through }: Draft): boolean =>
  wokeUp !== undefined && through >= wokeUp.at + wokeUpRules.lasts;

function passQuietly(model: Draft, season: Season, { from, to }: Sight): void {
  for (const piece of piecesOf(from, to)) {
    prolongQuiet(model, season, piece);
    // In a silence nothing is learned: when it is over, all shall be as before.
    if (model.silence === undefined) learn(model, season, piece, 0, false);
    followSilence(model, piece.at + piece.hours * hour);
  }
}

/** What came is taken to have come as it usually does. */
function takeIn(model: Draft, season: Season, { from, to, requests }: Sight): void {
  endQuiet(model);
  model.last = to;
  const pieces = piecesOf(from, to);
  const shares = pieces.map((piece) => expectedIn(1, season, piece));
  const all = shares.reduce((sum, share) => sum + share, 0);
  const unusual = model.surge !== undefined;
  pieces.forEach((piece, number) => {
    learn(model, season, piece, (requests * (shares[number] ?? 0)) / all, unusual);
  });
}

/** What can only end by time is looked at then; what can end any hour, hourly. */
function nextLook(model: Draft, season: Season, { quota, to, isSuspended }: Sight): number | undefined {
  const isUncertain = model.surge !== undefined || isRefusing(model) || model.forecast?.open;
  const candidates = [
    isUncertain ? to + hour : undefined,
    isSuspended ? undefined : silenceLookAt(model, season),
    wokeUpLookAt(model),
    networkLookAt(model),
    quota && quota.used * 100 >= quota.limit * 50 ? endOfMonth(quota.period) : undefined,
  ].filter((at) => at !== undefined && at > to) as number[];
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}
