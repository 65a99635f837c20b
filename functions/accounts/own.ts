import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { NotFoundError } from '../runtime/errors.ts';
import {
  presentSubscription,
  type SubscriptionItem,
  type SubscriptionStore,
} from '../subscriptions/index.ts';

/**
 * One of the account's own keys. Another's is answered as if there were none: whether an id exists is nobody's business.
 * @throws NotFoundError
 */
export async function ownKey(
  keyId: string,
  subscriptionId: string,
  keys: Pick<KeyStore, 'get'>,
): Promise<KeyItem> {
  const key = await keys.get(keyId);
  if (key === undefined || key.subscriptionId !== subscriptionId) {
    throw new NotFoundError(`there is no key ${keyId}`);
  }
  return key;
}

/** The account itself. @throws NotFoundError where it was deleted a moment ago */
export function ownAccount(
  subscriptionId: string,
  subscriptions: Pick<SubscriptionStore, 'get'>,
): Promise<SubscriptionItem> {
  return presentSubscription(subscriptionId, subscriptions, 'the account was deleted');
}
