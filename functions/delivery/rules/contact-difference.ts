import type { SubscriptionItem } from '../../subscriptions/rules/index.ts';
import type { ContactDifference } from './account-mail.ts';
import { maskedAddress } from './masked-address.ts';

/**
 * What a change made different about where and how an owner is reached. By what is on file, not by when it was changed: two
 * changes of the same millisecond are two.
 * @returns undefined where it is neither another address nor another OpenPGP key
 */
export function contactDifference(
  before: SubscriptionItem,
  after: SubscriptionItem,
): ContactDifference | undefined {
  const isMoved = before.email !== after.email;
  const isRekeyed = before.openPgpKey?.armored !== after.openPgpKey?.armored;
  if (!isMoved && !isRekeyed) return undefined;
  const fingerprint = after.openPgpKey?.fingerprint;
  return {
    ...(isMoved ? { newAddress: maskedAddress(after.email) } : {}),
    ...(isRekeyed ? { openPgp: fingerprint === undefined ? 'removed' : { fingerprint } } : {}),
  };
}
