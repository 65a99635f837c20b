import { isSuspended, type KeyItem } from '../keys/index.ts';
import { logger } from '../runtime/telemetry.ts';
import type { View } from './gather.ts';
import type { ActivityItem } from './rules/activity-item.ts';
import {
  type AlertStep,
  ended,
  type Followed,
  type Found,
  followed,
  incidentOf,
  isEndedBefore,
  type Making,
} from './rules/incidents.ts';
import { type Examined, examine, isModel, type Model, type Sight, type Signal } from './rules/index.ts';
import { hourOf, type Seen, seenOf } from './rules/sights.ts';
import { goesOn, type Sighting } from './rules/suspension-policy.ts';
import type { Taken } from './stores/activity-store.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What a look at one subject has to write. */
export interface Look {
  readonly item: ActivityItem;
  readonly taken: Taken;
  readonly steps: readonly AlertStep[];
  /** What it has seen that is told, and for which a key may have to be suspended. */
  readonly sightings: readonly Sighting[];
}

/** What the model makes of what was seen, before it is decided what is told. */
export interface Examination extends Examined {
  readonly counted: Seen['counted'];
  /** ISO 8601: what was seen last happened from then on. */
  readonly from: string;
}

/** Looks at a key. @param key read where it matters: see `isKeyRead` */
export function examineKey(
  item: ActivityItem,
  keyId: string,
  view: View,
  key: KeyItem | undefined,
): Examination {
  const { now, period, usage } = view;
  const of = (name: string | undefined) => (name === undefined ? 0 : (usage(name)?.keys[keyId] ?? 0));
  const seen = seenOf(item, {
    now,
    period,
    requests: of(period.name),
    formerRequests: of(item.counted?.period),
    firstAt: item.firstAt,
    createdAt: key?.createdAt,
  });
  return examined(item, seen, {
    unwanted: unwantedBy(item, seen, view),
    ...(key !== undefined && isSuspended(key) ? { isSuspended: true } : {}),
  });
}

/**
 * Networks from which the owner wants no requests. Those that came before they said so were told; from then on, or where
 * none come, they are no networks of the key's.
 */
function unwantedBy(item: ActivityItem, seen: Seen, { alerts, now }: View): string[] {
  const { incidents = {}, networks = new Set() } = item;
  const from = beganAt(item, seen);
  return Object.values(incidents).flatMap(({ alertId }) => {
    const alert = alerts.get(alertId);
    if (alert?.kind !== 'new-network' || !isEndedBefore(alert, iso(now))) return [];
    const named = String(alert.facts['networks'] ?? '').split(', ');
    const isTold = !isEndedBefore(alert, from) && named.some((network) => networks.has(network));
    return isTold ? [] : named;
  });
}

/** ISO 8601: the earliest moment that the last of the sights can be about. Logs may tell late of what came before it. */
function beganAt({ firstAt }: ActivityItem, { sights: [first, last = first] }: Seen): string {
  return iso(Math.min(last.from, firstAt === undefined ? last.from : Date.parse(firstAt)));
}

/** Looks at a subscription as a whole. @param firstAt the earliest request of its keys since they were looked at */
export function examineSubscription(
  item: ActivityItem,
  view: View,
  firstAt: string | undefined,
  limit: number,
): Examination {
  const { now, period, usage, subscription } = view;
  const of = (name: string | undefined) => (name === undefined ? 0 : (usage(name)?.total ?? 0));
  const used = of(period.name);
  const seen = seenOf(item, {
    now,
    period,
    requests: used,
    formerRequests: of(item.counted?.period),
    firstAt,
    createdAt: subscription?.createdAt,
  });
  return examined(item, seen, { quota: { period: period.name, used, limit } });
}

/** Looks at the requests that belong to no key. */
export function examineApi(item: ActivityItem, { now, period }: View): Examination {
  return examined(item, seenOf(item, { now, period, requests: 0, firstAt: item.firstAt }));
}

/** @param about what is known of the time at which it was read */
function examined(
  item: ActivityItem,
  seen: Seen,
  about: Pick<Sight, 'quota' | 'isSuspended' | 'unwanted'> = {},
): Examination {
  const { sights, counted } = seen;
  const [first, second] = sights;
  const model = modelOf(item);
  const before = second === undefined ? model : examine(model, first).model;
  const last = second ?? first;
  return { ...examine(before, { ...last, ...about }), counted, from: beganAt(item, seen) };
}

/** Of another version, or not readable: what is usual is learned anew. */
function modelOf({ subject, model }: ActivityItem): Model | undefined {
  if (model === undefined) return undefined;
  const stored = parsed(model);
  if (isModel(stored)) return stored;
  logger.warn('what is usual is learned anew', { subject });
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param signals those of the examination that are told */
export function lookOf(
  item: ActivityItem,
  { model, lookAt, counted, from, shown }: Examination,
  signals: readonly Signal[],
  view: View,
  making: Making,
  ttl?: number,
): Look {
  const found = { from, signals, shown };
  const following = followed(item.incidents ?? {}, found, view.alerts, making);
  const { now } = view;
  const hasIncidents = Object.keys(following.incidents).length > 0;
  // Whatever the model says: an incident never waits for ever.
  const next = lookAt ?? (hasIncidents ? now + day : undefined);
  const look = taken(item, following, view);
  return {
    ...look,
    sightings: sightingsOf(item, found, following, view),
    taken: {
      ...look.taken,
      counted,
      model: JSON.stringify(model),
      // The run of that hour begins a few seconds past it, some days earlier than on others.
      lookAt: next === undefined ? undefined : iso(Math.max(hourOf(next), hourOf(now) + hour)),
      ttl,
    },
  };
}

/** What began with this look, and what goes on in it, each with its alert as it is after the look. */
function sightingsOf(
  { networks = new Set() }: ActivityItem,
  { from, signals, shown }: Found,
  { incidents, steps }: Followed,
  view: View,
): Sighting[] {
  const changed = new Map(steps.map((step) => [step.alert.alertId, step]));
  return signals.flatMap((signal): Sighting[] => {
    const alertId = incidents[incidentOf(signal)]?.alertId ?? '';
    const step = changed.get(alertId);
    const alert = step?.alert ?? view.alerts.get(alertId);
    if (alert === undefined) return [];
    if (goesOn(signal, { shown, networks })) return [{ alert, from }];
    return step?.action === 'open-alert' ? [{ alert }] : [];
  });
}

/**
 * There is nothing left to look at: its alerts are closed, nothing is awaited, and what was usual, with the networks that
 * it was used from, is not kept any more.
 */
export function lastLook(item: ActivityItem, view: View, making: Making): Look {
  const {
    item: same,
    taken: left,
    steps,
  } = taken(item, ended(item.incidents ?? {}, view.alerts, making), view);
  return {
    item: same,
    taken: { ...left, isLast: true, ttl: Math.floor(view.now / 1000) + leftSeconds },
    steps,
    sightings: [],
  };
}

/** 7 days: logs that come late find that this was looked at. */
const leftSeconds = 7 * 86_400;

function taken(
  item: ActivityItem,
  { incidents, steps }: Followed,
  { subscriptionId, now }: View,
): Omit<Look, 'sightings'> {
  return { item, taken: { subscriptionId, through: iso(now), incidents }, steps };
}

const iso = (at: number): string => new Date(at).toISOString();
