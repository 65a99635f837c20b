import {
  changed,
  handoverQueued,
  isPast,
  isTaken,
  type KeyItem,
  type Message,
  queued,
  type TimerPolicy,
  withNewLink,
} from '../../keys/rules/index.ts';
import type { Change } from '../../runtime/rules/change.ts';
import type { SubscriptionItem } from '../../subscriptions/rules/index.ts';
import { contactDifference } from './contact-difference.ts';
import { maskedAddress } from './masked-address.ts';

/**
 * What is told of a change of address or OpenPGP key: to the former address that it was changed, so that nobody's mails are
 * turned away in silence; to an address that takes mail again, or for the first time, what may have been missed.
 */
export function contactMessages(
  { revision }: Pick<KeyItem, 'revision'>,
  before: SubscriptionItem,
  after: SubscriptionItem,
  change: Change,
): Message[] {
  const { at, actor, reason } = change;
  const message = (kind: string, facts: Record<string, string>): Message => ({
    id: `owner#${kind}#${revision + 1}`,
    to: 'owner',
    kind,
    facts: { ...facts, at },
  });
  const difference = contactDifference(before, after);
  const { newAddress, openPgp } = difference ?? {};
  const formerTakesMail = before.undeliverable === undefined;
  const changedFacts = {
    recipient: before.email,
    ...(actor.kind === 'admin' ? { by: actor.id } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(newAddress === undefined ? {} : { newAddress }),
    ...(openPgp === undefined ? {} : { openPgp: openPgp === 'removed' ? '' : openPgp.fingerprint }),
  };
  return [
    ...(difference !== undefined && formerTakesMail ? [message('contact-changed', changedFacts)] : []),
    ...(before.undeliverable !== undefined && after.undeliverable === undefined
      ? [
          message('address-trouble', {
            formerAddress: maskedAddress(before.email),
            since: before.undeliverable.at,
          }),
        ]
      : []),
  ];
}

/** A key after its owner's contact changed. @returns undefined where neither the address changed nor anything is to be sent */
export function afterContactChange(
  key: KeyItem,
  before: SubscriptionItem,
  after: SubscriptionItem,
  messages: readonly Message[],
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const { handover } = key;
  const takesMailAgain = before.undeliverable !== undefined && after.undeliverable === undefined;
  const isMoved = before.email !== after.email || takesMailAgain;
  const wasLinked = isMoved && handover?.delivery !== undefined;
  // A key without anything to send is written too: whoever rotates it at this moment must look at the address again.
  if (messages.length === 0 && !isMoved) return undefined;
  const waits =
    wasLinked &&
    handover.ciphertext !== undefined &&
    !isTaken(handover) &&
    !isPast(handover.expiresAt, new Date(change.at));
  const next = waits
    ? handoverQueued(handover, change, key.revision + 1, { anew: true })
    : handover && withNewLink(handover);
  return changed(
    key,
    {
      ...(wasLinked && next !== undefined ? { handover: next } : {}),
      ...(messages.length === 0 ? {} : { outbox: queued(key, messages, change.at) }),
    },
    change,
    policy,
  );
}
