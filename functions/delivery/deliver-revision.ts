import { deferred, dispatched, type KeyItem, type Message, type TimerPolicy } from '../keys/rules/index.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { count, logger } from '../runtime/telemetry.ts';
import { changeKey } from './change-key.ts';
import type { DeliveryDependencies } from './dependencies.ts';
import { describeSending } from './describe-sending.ts';
import { adminAlert } from './rules/admin-alert.ts';
import { messagesOf } from './rules/messages-of.ts';
import { sendHandover } from './send-handover.ts';
import { sendToOwner } from './send-to-owner.ts';
import { sendsOnce } from './sends-once.ts';

/**
 * Sends what one revision of a key gives to tell. What cannot be sent now waits on the item for the sweep, so that
 * nothing is lost in a queue; what was sent and could not be noted as such is sent again, the same to the letter.
 * @param key the revision, as the stream tells it
 * @param before the revision before, where there was one
 * @throws what a store throws: the stream delivers the revision again
 */
export async function deliverRevision(
  key: KeyItem,
  act: Act,
  dependencies: DeliveryDependencies,
  before?: KeyItem,
): Promise<void> {
  const { handover, messages } = messagesOf(key, before);
  if (handover !== undefined) await sendHandover(key, act, dependencies);
  if (messages.length === 0) return;

  const waiting = await stillToSend(key, messages, dependencies);
  const sent: Message[] = [];
  const unsent: Message[] = [];
  for (const message of waiting) {
    const left = await leaves(message, key, act, dependencies);
    (left ? sent : unsent).push(message);
  }
  await note(key, sent, unsent, act, dependencies);
}

/** What was queued again is sent only if it is in the outbox still: its revision may be delivered twice. */
async function stillToSend(
  key: KeyItem,
  messages: readonly Message[],
  { keys }: DeliveryDependencies,
): Promise<readonly Message[]> {
  const ids = new Set((key.outbox ?? []).map(({ id }) => id));
  if (!messages.some(({ id }) => ids.has(id))) return messages;
  const fresh = await keys.get(key.keyId);
  const pending = new Set(
    (fresh?.outbox ?? []).filter(({ queuedIn }) => queuedIn === key.revision).map(({ id }) => id),
  );
  return messages.filter(({ id }) => !ids.has(id) || pending.has(id));
}

const sentLately = sendsOnce();

/** @returns false where it has to be tried again */
async function leaves(
  message: Message,
  key: KeyItem,
  act: Act,
  dependencies: DeliveryDependencies,
): Promise<boolean> {
  const { keyId } = key;
  const { to, kind } = message;
  const once = `${keyId} ${message.id} ${key.revision}`;
  if (sentLately.has(once)) return true;
  try {
    if (to === 'admins') await dependencies.alerts.publish(adminAlert(message, key));
    else await sendToOwner(message, key, act, dependencies);
    sentLately.remember(once);
    return true;
  } catch (error) {
    logger.error('not sent', { keyId, to, kind, ...describeSending(error) });
    count(metricNames.mailsDeferred);
    return false;
  }
}

/** Nothing is written where everything left at the first try. */
async function note(
  key: KeyItem,
  sent: readonly Message[],
  unsent: readonly Message[],
  act: Act,
  dependencies: DeliveryDependencies,
): Promise<void> {
  const policy: TimerPolicy = dependencies.policy;
  const queuedIds = new Set((key.outbox ?? []).map(({ id }) => id));
  const done = sent.filter(({ id }) => queuedIds.has(id)).map(({ id }) => id);
  if (done.length > 0) {
    await changeKey(
      key.keyId,
      (fresh) => dispatched(fresh, done, changeOf('send-mail', act), policy),
      dependencies,
    );
  }
  const toDefer = unsent.filter(({ id }) => !queuedIds.has(id));
  if (toDefer.length > 0) {
    const plain = toDefer.map(({ id, to, kind, facts }) => ({ id, to, kind, facts }));
    await changeKey(
      key.keyId,
      (fresh) =>
        fresh.revokedAt === undefined
          ? deferred(fresh, plain, changeOf('defer-mail', act), policy)
          : undefined,
      dependencies,
    );
  }
}
