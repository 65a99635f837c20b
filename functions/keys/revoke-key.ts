import {
  commit,
  type DocumentClient,
  refusedIfThrottled,
  retryContended,
  type Write,
} from '../runtime/dynamodb.ts';
import { ConflictError, NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { type SubscriptionStore, withoutKey } from '../subscriptions/index.ts';
import type { KeyItem } from './rules/key-item.ts';
import { revoked } from './rules/lifecycle.ts';
import { isStopped } from './rules/owner-limits.ts';
import type { KeyStore } from './stores/key-store.ts';

/** What is written elsewhere when a key ends, in the same transaction. */
export type EndOfKey = (key: Pick<KeyItem, 'keyId' | 'subscriptionId'>, now: Date) => readonly Write[];

/**
 * So many tries hold to it. A stranger who floods a key makes its item of detection hot, but must not keep it from ending; and
 * what they send makes the look due anyway.
 */
export const endOfKeyTries = 5;

/**
 * Ends a key for good: the very next request with it is refused, and its place in the subscription is free again.
 * Revoking a revoked key changes nothing and gives the time of the first revocation.
 * @throws NotFoundError, ConflictError for an owner's key that support has suspended
 */
export async function revokeKey(
  { keyId, reason }: { readonly keyId: string; readonly reason?: string | undefined },
  act: Act,
  {
    client,
    keys,
    subscriptions,
    endOfKey,
  }: { client: DocumentClient; keys: KeyStore; subscriptions: SubscriptionStore; endOfKey: EndOfKey },
): Promise<{ keyId: string; revokedAt: string }> {
  const change = changeOf('revoke-key', act, reason);
  return retryContended(async (tried) => {
    const key = await keys.get(keyId);
    if (key === undefined) throw new NotFoundError(`there is no key ${keyId}`);
    if (key.revokedAt !== undefined) return { keyId, revokedAt: key.revokedAt };
    // Otherwise whoever was stopped would end the key that says so, and make another.
    if (act.actor.kind === 'owner' && isStopped(key)) {
      throw new ConflictError(
        `key ${keyId} was suspended by support, and works for nobody: ask support to end it`,
      );
    }
    const subscription = await subscriptions.get(key.subscriptionId);
    const outcome = await commit(client, [
      keys.replacement(revoked(key, change)),
      ...(subscription === undefined
        ? []
        : [subscriptions.replacement(withoutKey(subscription, keyId, change))]),
      ...(tried < endOfKeyTries ? endOfKey(key, act.now) : []),
    ]).catch(refusedIfThrottled);
    return outcome.kind === 'written' ? { keyId, revokedAt: change.at } : undefined;
  }, 'the key is NOT revoked yet');
}
