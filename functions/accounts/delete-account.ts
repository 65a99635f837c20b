import { type EndOfKey, endOfKeyTries, type KeyStore } from '../keys/index.ts';
import { type KeyItem, revoked } from '../keys/rules/index.ts';
import { commit, type DocumentClient, refusedIfThrottled, retryContended } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import {
  deleted,
  ownAccount,
  type SubscriptionItem,
  type SubscriptionStore,
} from '../subscriptions/index.ts';

/** What a key of a deleted account is called: names are its owner's words. */
export const formerName = 'deleted';

/** Refreshed tokens of a sign-in from before live no longer than this; afterwards the owner may come anew in any case. */
const signInsLiveMilliseconds = 90 * 86_400_000;

/**
 * Ends an account: in one transaction its keys stop, its address is free, its owner's sign-ins open nothing, and what is
 * personal goes; what is kept elsewhere (payments, the user pool, names of former keys) is on the item until
 * `finishErasure` has removed it. The record stays: it names the account's id, which names nobody any more.
 * @throws NotFoundError where it was deleted a moment ago
 */
export function deleteAccount(
  { subscriptionId, signInSubject }: { readonly subscriptionId: string; readonly signInSubject: string },
  act: Act,
  {
    client,
    keys,
    subscriptions,
    endOfKey,
  }: {
    readonly client: DocumentClient;
    readonly keys: Pick<KeyStore, 'get' | 'replacement'>;
    readonly subscriptions: Pick<SubscriptionStore, 'get' | 'deletion'>;
    readonly endOfKey: EndOfKey;
  },
): Promise<SubscriptionItem & { readonly deletedAt: string }> {
  const change = changeOf('delete-account', act);
  return retryContended(async (tried) => {
    const found = await ownAccount(subscriptionId, subscriptions);
    const items = await Promise.all(found.keyIds.map((keyId) => keys.get(keyId)));
    const live = items.filter((key): key is KeyItem => key !== undefined && key.revokedAt === undefined);
    const next = deleted(found, signInSubject, change);
    const outcome = await commit(client, [
      ...subscriptions.deletion(next, found, new Date(act.now.getTime() + signInsLiveMilliseconds)),
      ...live.map((key) => keys.replacement({ ...revoked(key, change), name: formerName })),
      ...(tried < endOfKeyTries ? live.flatMap((key) => endOfKey(key, act.now)) : []),
    ]).catch(refusedIfThrottled);
    return outcome.kind === 'written' ? { ...next, deletedAt: change.at } : undefined;
  }, 'the account was not deleted');
}
