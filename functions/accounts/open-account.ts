import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { randomBase62 } from '../runtime/rules/base62.ts';
import { changeOf } from '../runtime/rules/change.ts';
import { joined, newAccount, type SubscriptionStore } from '../subscriptions/index.ts';
import type { Identity } from './rules/identity.ts';

export type OpenedAccount =
  | { readonly kind: 'account'; readonly subscriptionId: string }
  /** The owner deleted it; a sign-in from before that opens no other. */
  | { readonly kind: 'deleted' }
  /** The address belongs to an account that somebody else signs in to. */
  | { readonly kind: 'address-taken' };

/**
 * The account of whoever has signed in: the one that is theirs; else the subscription that an admin made for the address
 * that they have proven, which is theirs from now on; else a new one, in tier free. Of two requests at once one writes, and
 * the other finds what it wrote.
 */
export async function openAccount(
  identity: Identity,
  { requestId, now }: { readonly requestId: string; readonly now: Date },
  { client, subscriptions }: { readonly client: DocumentClient; readonly subscriptions: SubscriptionStore },
): Promise<OpenedAccount> {
  const { owner, email, name, signedInAt } = identity;
  const changed = (action: 'open-account' | 'join-account', subscriptionId: string) =>
    changeOf(action, { actor: { kind: 'owner', id: subscriptionId }, requestId, now });
  return retryContended(async (): Promise<OpenedAccount | undefined> => {
    const lock = await subscriptions.ownerLock(owner);
    if (lock !== undefined && lock.deletedAt === undefined) {
      return { kind: 'account', subscriptionId: lock.lockedFor };
    }
    if (lock?.deletedAt !== undefined && !isAfter(signedInAt, lock.deletedAt)) return { kind: 'deleted' };

    const known = await subscriptions.idByEmail(email);
    const existing = known === undefined ? undefined : await subscriptions.get(known);
    // Written since the look at the lock: by another of this very person's requests, or by whoever deleted it.
    if (existing?.owner === owner || existing?.deletedAt !== undefined) return undefined;
    if (existing?.owner !== undefined) return { kind: 'address-taken' };
    const subscriptionId = existing?.subscriptionId ?? `sub_${randomBase62(20)}`;
    const salt = randomBase62(22);
    const outcome = await commit(
      client,
      existing === undefined
        ? subscriptions.opening(
            newAccount(
              {
                subscriptionId,
                email,
                owner,
                salt,
                ...(name === undefined ? {} : { name }),
              },
              changed('open-account', subscriptionId),
            ),
          )
        : subscriptions.joining(joined(existing, { owner, salt }, changed('join-account', subscriptionId))),
    );
    return outcome.kind === 'written' ? { kind: 'account', subscriptionId } : undefined;
  }, 'the account was not opened');
}

/**
 * A sign-in is told by the second: one in the second of the deletion is taken for an earlier one, and so is one of an issuer
 * that does not say when it was, for a refreshed token would be taken for a new sign-in.
 */
function isAfter(signedInAt: number | undefined, deletedAt: string): boolean {
  return signedInAt !== undefined && signedInAt > Date.parse(deletedAt);
}
