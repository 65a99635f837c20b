import { encodeCursor } from '../runtime/rules/cursor.ts';
import { findSubscription, type SubscriptionStore } from '../subscriptions/index.ts';
import { type KeyView, keyView } from './rules/key-view.ts';
import type { KeyStore } from './stores/key-store.ts';

export interface KeyList {
  readonly keys: readonly KeyView[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string;
}

/**
 * A subscription's keys, revoked ones too, in the order of their ids.
 * @throws NotFoundError
 */
export async function listKeys(
  request: {
    readonly subscriptionId?: string | undefined;
    readonly email?: string | undefined;
    readonly limit: number;
    /** Id of the last key of the page before. */
    readonly cursor?: string | undefined;
  },
  now: Date,
  { keys, subscriptions }: { keys: KeyStore; subscriptions: SubscriptionStore },
): Promise<KeyList> {
  const { subscriptionId } = await findSubscription(request, subscriptions);
  const { keyIds, more } = await keys.idsOf(subscriptionId, request.limit, request.cursor);
  const items = await Promise.all(keyIds.map((keyId) => keys.get(keyId)));
  const views = items.flatMap((item) => (item === undefined ? [] : [keyView(item, now)]));
  const last = keyIds.at(-1);
  return { keys: views, ...(more && last !== undefined ? { cursor: encodeCursor(last) } : {}) };
}
