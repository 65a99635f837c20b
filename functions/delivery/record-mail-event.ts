import type { KeyStore } from '../keys/index.ts';
import {
  changed,
  type Handover,
  handoverDelivered,
  handoverFailed,
  type KeyItem,
  type Outgoing,
  queued,
  retryAfter,
  type TimerPolicy,
} from '../keys/rules/index.ts';
import type { DocumentClient, Write } from '../runtime/dynamodb.ts';
import { type Act, type Change, changeOf } from '../runtime/rules/change.ts';
import { logger } from '../runtime/telemetry.ts';
import { type SubscriptionStore, withUndeliverable } from '../subscriptions/index.ts';
import { changeKey } from './change-key.ts';
import { type AccountMailEventDependencies, recordAccountMailEvent } from './record-account-mail-event.ts';
import type { MailEvent } from './rules/mail-event.ts';
import type { KeyMailTags } from './rules/mail-tags.ts';

export interface MailEventDependencies extends AccountMailEventDependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly subscriptions: Pick<SubscriptionStore, 'get' | 'replacement'>;
  readonly policy: TimerPolicy;
}

/** An event of a mail about a key. */
type KeyMailEvent = MailEvent & { readonly tags: KeyMailTags };

/** Writes what became of a mail to the item that it was about, and tells admins what they must act on. */
export async function recordMailEvent(
  event: MailEvent,
  act: Act,
  dependencies: MailEventDependencies,
): Promise<void> {
  const { tags, kind, messageId } = event;
  const about = 'keyId' in tags ? { keyId: tags.keyId } : { subscriptionId: tags.subscriptionId };
  logger.info('mail event', { ...about, kind: tags.kind, event: kind, messageId });
  if ('keyId' in tags) return recordKeyMailEvent({ ...event, tags }, act, dependencies);
  return recordAccountMailEvent({ ...event, tags }, act, dependencies);
}

/**
 * Writes what became of a mail to its key, and to the address what it means for every mail to come. The same event
 * again changes nothing (at worst, an alert is told twice), and one about an older secret says nothing of the newest.
 *
 * | event | key | address |
 * |---|---|---|
 * | delivered | when; a secret that the mail itself carried is destroyed | |
 * | bounced for good | the handover is given up, admins are told | takes no mail until it changes |
 * | bounced for now | the mail with the secret is tried again; of any other admins are told | |
 * | complaint | admins are told | takes no mail until it changes |
 */
async function recordKeyMailEvent(
  event: KeyMailEvent,
  act: Act,
  dependencies: MailEventDependencies,
): Promise<void> {
  if (event.kind === 'delivered') return noteDelivered(event, act, dependencies);
  if (event.kind === 'bounced' && !event.permanent) return noteBouncedForNow(event, act, dependencies);
  return noteUndeliverable(event, act, dependencies);
}

/** The handover that the mail brought, if it is the newest one still and its end is open. */
function handoverOf({ handover }: KeyItem, { tags, messageId }: KeyMailEvent): Handover | undefined {
  if (tags.kind !== 'handover' || handover?.delivery === undefined) return undefined;
  if (String(handover.version) !== tags.version) return undefined;
  // A mail that carried the secret itself goes on meaning something when links are made worthless.
  const carriedIt = tags.channel === 'pgp' && handover.delivery.messageId === messageId;
  return carriedIt || String(handover.linkNo) === tags.linkNo ? handover : undefined;
}

async function noteDelivered(
  event: KeyMailEvent,
  act: Act,
  dependencies: MailEventDependencies,
): Promise<void> {
  const change = changeOf('mail-delivered', act);
  if (event.tags.kind !== 'handover') return;
  await changeKey(
    event.tags.keyId,
    (key) => {
      const handover = handoverOf(key, event);
      if (handover === undefined || handover.delivery?.deliveredAt !== undefined) return undefined;
      // It came back after it had been taken, and that was told first.
      if (handover.delivery?.bounced === event.messageId) return undefined;
      const delivered = handoverDelivered(handover, event.tags.channel ?? 'link', change);
      return changed(key, { handover: delivered }, change, dependencies.policy);
    },
    dependencies,
  );
}

async function noteBouncedForNow(
  event: KeyMailEvent & { kind: 'bounced' },
  act: Act,
  dependencies: MailEventDependencies,
): Promise<void> {
  const change = changeOf('mail-bounced', act, event.why);
  await changeKey(
    event.tags.keyId,
    (key) => {
      const handover = handoverOf(key, event);
      if (handover === undefined) {
        if (key.revokedAt !== undefined) return undefined;
        const outbox = withAlert(key, 'mail-bounced', event, change);
        return changed(key, { outbox }, change, dependencies.policy);
      }
      const isOver = handover.openedAt !== undefined || handover.expiredAt !== undefined;
      // A later try is under way, or this one is noted already.
      const isStale = event.tags.attempt !== String(handover.delivery?.attempts);
      if (isOver || isStale || handover.delivery?.bounced === event.messageId) return undefined;
      if (handover.ciphertext === undefined) {
        // The mail was taken, carried the secret, and came back after all: nothing is left that could be sent again.
        const outbox = withAlert(key, 'mail-bounced', event, change);
        const noted = handoverBounced(handover, event);
        return changed(key, { handover: noted, outbox }, change, dependencies.policy);
      }
      // The mailbox needs time, more with each try, as if the mail had not left.
      const retryAt = retryAfter(handover.delivery?.attempts ?? 1, change.at);
      const bounced = handoverBounced(handover, event, retryAt);
      return changed(key, { handover: bounced }, change, dependencies.policy);
    },
    dependencies,
  );
}

async function noteUndeliverable(
  event: KeyMailEvent & ({ kind: 'bounced' } | { kind: 'complaint' }),
  act: Act,
  { subscriptions, ...dependencies }: MailEventDependencies,
): Promise<void> {
  const isBounce = event.kind === 'bounced';
  const why = isBounce ? event.why : 'complaint';
  const change = changeOf(isBounce ? 'mail-bounced' : 'complaint', act, why);
  await changeKey(
    event.tags.keyId,
    async (key) => {
      const subscription = await subscriptions.get(key.subscriptionId);
      const cause = isBounce ? 'bounce' : 'complaint';
      const marked =
        subscription && withUndeliverable(subscription, { address: event.address, cause }, change);
      const others: Write[] = marked === undefined ? [] : [subscriptions.replacement(marked)];
      const handover = isBounce ? handoverOf(key, event) : undefined;
      const givenUp = handover !== undefined && handover.delivery?.failedAt === undefined;
      // Known already: the event came twice, or other mails to the address came back before.
      if (marked === undefined && !givenUp) return undefined;
      const fields = {
        outbox: withAlert(key, isBounce ? 'address-bounced' : 'complaint', event, change),
        ...(givenUp ? { handover: handoverFailed(handoverBounced(handover, event), why, change) } : {}),
      };
      return { key: changed(key, fields, change, dependencies.policy), others };
    },
    dependencies,
  );
}

function handoverBounced(
  handover: Handover,
  event: KeyMailEvent & ({ kind: 'bounced' } | { kind: 'complaint' }),
  retryAt?: string,
): Handover {
  const { delivery } = handover;
  if (delivery === undefined) return handover;
  const { sentAt: _sent, ...rest } = delivery;
  const trouble = event.kind === 'bounced' ? event.why : event.kind;
  return {
    ...handover,
    delivery: {
      ...rest,
      bounced: event.messageId,
      trouble,
      ...(retryAt === undefined ? {} : { retryAt }),
    },
  };
}

/** Told once for each message that came back. */
function withAlert(key: KeyItem, kind: string, event: KeyMailEvent, change: Change): readonly Outgoing[] {
  const id = `admins#${kind}#${event.messageId}`;
  const why = event.kind === 'bounced' ? event.why : event.kind;
  const facts = { mail: event.tags.kind, why, at: change.at };
  return queued(key, [{ id, to: 'admins', kind, facts }], change.at);
}
