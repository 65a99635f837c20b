import {
  changed,
  handoverQueued,
  isPast,
  isTaken,
  type KeyItem,
  type TimerPolicy,
  withNewLink,
} from '../../keys/rules/index.ts';
import type { Change } from '../../runtime/rules/change.ts';
import type { SubscriptionItem } from '../../subscriptions/rules/index.ts';

/**
 * A key after its owner has another address, or one that takes mail again: a secret that still waits is mailed under a new
 * link, and every link before is worthless.
 * @returns undefined where the address is as it was
 */
export function afterContactChange(
  key: KeyItem,
  before: SubscriptionItem,
  after: SubscriptionItem,
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const { handover } = key;
  const takesMailAgain = before.undeliverable !== undefined && after.undeliverable === undefined;
  if (before.email === after.email && !takesMailAgain) return undefined;
  // A key without anything to send is written too: whoever rotates it at this moment must look at the address again.
  if (handover?.delivery === undefined) return changed(key, {}, change, policy);
  const waits =
    handover.ciphertext !== undefined &&
    !isTaken(handover) &&
    !isPast(handover.expiresAt, new Date(change.at));
  const next = waits
    ? handoverQueued(handover, change, key.revision + 1, { anew: true })
    : withNewLink(handover);
  return changed(key, { handover: next }, change, policy);
}
