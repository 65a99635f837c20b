import type { Change } from '../../runtime/rules/change.ts';
import { handoverFailed, handoverQueued, mayTryAgain, retryAfter } from './handover.ts';
import type { Handover, KeyItem, Outgoing } from './key-item.ts';
import { changed } from './lifecycle.ts';
import { isPast } from './time.ts';
import type { TimerPolicy } from './timer.ts';

/** What was given up stays on the item for whoever looks; the last few of it. */
const failedKept = 5;

export type Message = Pick<Outgoing, 'id' | 'to' | 'kind' | 'facts'>;

/**
 * Messages that could not be sent wait on the item. One that waits already is left as it is: its revision's stream
 * record was delivered twice.
 * @returns undefined where all of them wait already
 */
export function deferred(
  key: KeyItem,
  messages: readonly Message[],
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const known = key.outbox ?? [];
  const added = messages.filter(({ id }) => !known.some((each) => each.id === id));
  if (added.length === 0) return undefined;
  // The revision that caused it was the first try.
  const waiting = added.map(
    (message): Outgoing => ({ ...message, attempts: 1, queuedIn: 0, retryAt: retryAfter(1, change.at) }),
  );
  return changed(key, { outbox: [...known, ...waiting] }, change, policy);
}

/** Messages to be sent by the stream record of the very revision that puts them here. */
export function queued(
  key: Pick<KeyItem, 'outbox' | 'revision'>,
  messages: readonly Message[],
  at: string,
): Outgoing[] {
  const known = new Set((key.outbox ?? []).map(({ id }) => id));
  const added = messages
    .filter(({ id }) => !known.has(id))
    .map(
      (message): Outgoing => ({
        ...message,
        attempts: 1,
        queuedIn: key.revision + 1,
        retryAt: retryAfter(1, at),
      }),
    );
  return [...(key.outbox ?? []), ...added];
}

/** Messages that have left the outbox. @returns undefined where none of them was there */
export function dispatched(
  key: KeyItem,
  ids: readonly string[],
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const left = (key.outbox ?? []).filter(({ id }) => !ids.includes(id));
  if (left.length === (key.outbox ?? []).length) return undefined;
  return changed(withoutOutbox(key), left.length === 0 ? {} : { outbox: left }, change, policy);
}

/**
 * Whatever was not sent by now is queued again, for the stream's consumer; what has been tried often enough is given up,
 * which the same consumer tells the admins.
 */
export function redelivered(key: KeyItem, change: Change, policy: TimerPolicy): KeyItem {
  const revision = key.revision + 1;
  const now = new Date(change.at);
  const outbox = (key.outbox ?? []).map((message) => again(message, change, revision, now));
  const failed = outbox.filter(({ failedAt }) => failedAt !== undefined).slice(-failedKept);
  const kept = outbox.filter(
    // What is given up right now is still to be told.
    (message) => message.failedAt === undefined || message.failedAt === change.at || failed.includes(message),
  );
  return changed(
    withoutOutbox(key),
    {
      ...(key.handover === undefined ? {} : { handover: handoverAgain(key.handover, change, revision, now) }),
      ...(kept.length === 0 ? {} : { outbox: kept }),
    },
    change,
    policy,
  );
}

function again(message: Outgoing, change: Change, revision: number, now: Date): Outgoing {
  const { retryAt, ...rest } = message;
  if (retryAt === undefined || !isPast(retryAt, now)) return message;
  if (!mayTryAgain(message.attempts)) return { ...rest, failedAt: change.at };
  const attempts = message.attempts + 1;
  return { ...rest, attempts, queuedIn: revision, retryAt: retryAfter(attempts, change.at) };
}

function handoverAgain(handover: Handover, change: Change, revision: number, now: Date): Handover {
  const { delivery } = handover;
  if (delivery?.retryAt === undefined || !isPast(delivery.retryAt, now)) return handover;
  if (mayTryAgain(delivery.attempts) && !isPast(handover.expiresAt, now)) {
    return handoverQueued(handover, change, revision);
  }
  const trouble = delivery.trouble ?? `not sent in ${delivery.attempts} tries`;
  return handoverFailed(handover, trouble, change);
}

function withoutOutbox(key: KeyItem): KeyItem {
  const { outbox: _outbox, ...rest } = key;
  return rest;
}
