import { NotFoundError } from '../runtime/errors.ts';
import { normalizedEmail, type SubscriptionItem } from './rules/subscription-item.ts';
import type { SubscriptionStore } from './stores/subscription-store.ts';

/**
 * The subscription that an id or an address names: exactly one of the two is given.
 * @throws NotFoundError
 */
export async function findSubscription(
  { subscriptionId, email }: { subscriptionId?: string | undefined; email?: string | undefined },
  subscriptions: SubscriptionStore,
): Promise<SubscriptionItem> {
  const id = subscriptionId ?? (await subscriptions.idByEmail(normalizedEmail(email ?? '')));
  const subscription = id === undefined ? undefined : await subscriptions.get(id);
  if (subscription === undefined) {
    throw new NotFoundError(`there is no subscription ${subscriptionId ?? 'with that address'}`);
  }
  return subscription;
}

/**
 * One that its owner has not deleted.
 * @param otherwise what there is not, in words for whoever asks
 * @throws NotFoundError
 */
export async function presentSubscription(
  subscriptionId: string,
  subscriptions: Pick<SubscriptionStore, 'get'>,
  otherwise = `there is no subscription ${subscriptionId}`,
): Promise<SubscriptionItem> {
  const found = await subscriptions.get(subscriptionId);
  if (found === undefined || found.deletedAt !== undefined) throw new NotFoundError(otherwise);
  return found;
}

/** A signed-in owner's account. @throws NotFoundError where it was deleted a moment ago */
export function ownAccount(
  subscriptionId: string,
  subscriptions: Pick<SubscriptionStore, 'get'>,
): Promise<SubscriptionItem> {
  return presentSubscription(subscriptionId, subscriptions, 'the account was deleted');
}
