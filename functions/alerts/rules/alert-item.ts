import type { Change } from '../../runtime/rules/change.ts';
import type { Immutable } from '../../runtime/rules/immutable.ts';
import { keptSeconds } from './activity-item.ts';
import { type AlertKind, isAtLeast, type Severity, type Signal } from './signal.ts';

/**
 * One incident (table Alerts, partition key `alertId`): opened once, updated while it lasts, closed. Times are ISO 8601
 * in UTC. Every write replaces the item on condition of its `revision`, which rises by one each time; each is on record.
 */
export interface AlertItem {
  /** See `isAlertId`: it sorts by the time of opening. */
  readonly alertId: string;
  /** Whose it is, or `platform`. */
  readonly subscriptionId: string;
  /** The key that it is about; absent where it is about the whole subscription or the API. */
  readonly keyId?: string;
  /** Of the key or subscription, when it was opened. */
  readonly tier?: string;
  readonly kind: AlertKind;
  /** See `Signal.of`. */
  readonly of: string;
  /** The highest that it has had. */
  readonly severity: Severity;
  readonly explanation: string;
  readonly facts: Signal['facts'];
  readonly status: 'open' | 'closed';
  readonly openedAt: string;
  /** Of the last look that told something new. */
  readonly updatedAt: string;
  readonly closedAt?: string;
  readonly closedBecause?: ClosingReason;
  readonly acknowledged?: { readonly at: string; readonly by: string; readonly note?: string };
  readonly answer?: { readonly answer: AlertAnswer; readonly at: string };
  /** When its key got a new secret by an answer: once, whatever is answered afterwards. */
  readonly rotatedAt?: string;
  /**
   * When its key was suspended for it by policy: once, for whoever lets the key go on has the last word. Whether it holds
   * the key still stands on the key.
   */
  readonly suspended?: { readonly at: string };
  /** 0..7 while it is open: partition of the sparse index `byOpen`. */
  readonly openShard?: number;
  /** Its `subscriptionId` while it is open: partition of the sparse index `byOpenOf`. */
  readonly openOf?: string;
  /** Epoch seconds, `keptSeconds` after it was over: its record stays. */
  readonly ttl?: number;
  readonly revision: number;
  readonly change: Change;
}

/** Whose alerts are where no key was known: refusals of the API as a whole, for admins alone. */
export const platform = 'platform';

/** What an owner can say to an alert with one click. */
export const alertAnswers = ['suspend', 'rotate', 'expected'] as const;

export type AlertAnswer = (typeof alertAnswers)[number];

/**
 * `over`: no look tells it any more, because it has ended, or for one of the other causes that docs/alerts.md names.
 * `key-ended`: the key was revoked. The others are the owner's answers.
 */
export const closingReasons = ['over', 'key-ended', ...alertAnswers] as const;

export type ClosingReason = (typeof closingReasons)[number];

/** Open alerts are spread over so many partitions: a storm opens thousands at once. */
export const openShards = 8;

export type Opening = Immutable<
  Pick<AlertItem, 'alertId' | 'subscriptionId'> & {
    keyId?: string | undefined;
    tier?: string | undefined;
    openShard: number;
  }
>;

/** An incident begins. */
export function opened(about: Opening, signal: Signal, change: Change): AlertItem {
  const { keyId, tier, ...ids } = about;
  return {
    ...ids,
    ...(keyId === undefined ? {} : { keyId }),
    ...(tier === undefined ? {} : { tier }),
    ...signal,
    openOf: about.subscriptionId,
    status: 'open',
    openedAt: change.at,
    updatedAt: change.at,
    revision: 1,
    change,
  };
}

/**
 * It goes on: what it is by now, never less severe than it was. Undefined where nothing is new, or it is closed; and other
 * figures alone are new the less often the longer it lasts, for each change is on record for ever.
 */
export function updated(alert: AlertItem, signal: Signal, change: Change): AlertItem | undefined {
  if (alert.status === 'closed') return undefined;
  const severity = isAtLeast(alert.severity, signal.severity) ? alert.severity : signal.severity;
  if (severity === alert.severity) {
    if (signal.explanation === alert.explanation) return undefined;
    const [opened, told, now] = [alert.openedAt, alert.updatedAt, change.at].map((at) => Date.parse(at));
    if (Number(now) - Number(told) < (Number(now) - Number(opened)) / 4) return undefined;
  }
  const { explanation, facts } = signal;
  return next({ ...alert, severity, explanation, facts, updatedAt: change.at }, change);
}

/** It is over. Undefined where it was closed before. */
export function closed(alert: AlertItem, because: ClosingReason, change: Change): AlertItem | undefined {
  if (alert.status === 'closed') return undefined;
  const { openShard: _shard, openOf: _of, ...rest } = alert;
  const ttl = Math.floor(Date.parse(change.at) / 1000) + keptSeconds;
  return next({ ...rest, status: 'closed', closedAt: change.at, closedBecause: because, ttl }, change);
}

/**
 * Its owner says what it was. A later answer replaces an earlier one. Undefined where that was said before; a new secret is
 * given once, though something else was said since.
 */
export function answered(alert: AlertItem, answer: AlertAnswer, change: Change): AlertItem | undefined {
  if (alert.answer?.answer === answer) return undefined;
  if (answer === 'rotate' && alert.rotatedAt !== undefined) return undefined;
  const rotation = answer === 'rotate' ? { rotatedAt: change.at } : {};
  const said = { ...alert, answer: { answer, at: change.at }, ...rotation };
  return closed(said, answer, change) ?? next(said, change);
}

/** An admin has seen it. The first one stays. Undefined where somebody has before. */
export function acknowledged(
  alert: AlertItem,
  { by, note }: { readonly by: string; readonly note?: string | undefined },
  change: Change,
): AlertItem | undefined {
  if (alert.acknowledged !== undefined) return undefined;
  return next(
    { ...alert, acknowledged: { at: change.at, by, ...(note === undefined ? {} : { note }) } },
    change,
  );
}

/** Its key is suspended for it by policy. */
export function withSuspension(alert: AlertItem, change: Change): AlertItem {
  return next({ ...alert, suspended: { at: change.at } }, change);
}

function next(alert: AlertItem, change: Change): AlertItem {
  return { ...alert, revision: alert.revision + 1, change };
}
