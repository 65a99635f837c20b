import type { KeyStore } from '../keys/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { erased, type SubscriptionItem, type SubscriptionStore } from '../subscriptions/index.ts';
import { formerName } from './delete-account.ts';
import { allKeyIds } from './list-keys.ts';

export interface ErasureDependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly subscriptions: Pick<SubscriptionStore, 'get' | 'ownerLock' | 'replacement' | 'fewerUsageKeys'>;
  readonly usageKeys: {
    remove(usageKey: { subscriptionId: string; tier: string; value: string }): Promise<void>;
  };
  /** Deletes the customer at Stripe. */
  readonly erasePayments: (customerId: string) => Promise<void>;
  /** Deletes the user in the stack's own user pool; absent where an issuer of the operator's signs people in. */
  readonly deleteUser?: (subject: string) => Promise<void>;
}

/**
 * Removes what is left of a deleted account elsewhere. Each step may be done again, and what could not be done stays on the
 * item, due, until it is.
 * @returns false where nothing is to be removed: other things can be due, too
 */
export async function finishErasure(
  subscriptionId: string,
  act: Act,
  dependencies: ErasureDependencies,
): Promise<boolean> {
  const { client, subscriptions, usageKeys, erasePayments, deleteUser } = dependencies;
  const found = await subscriptions.get(subscriptionId);
  if (found?.erasure === undefined) return false;
  const { paymentCustomer, signInSubject, owner } = found.erasure;
  // What is in our own hands first; and what fails keeps nothing else from being removed.
  await everyOne([
    () => forgetNames(subscriptionId, act, dependencies),
    async () => {
      for (const [tier, value] of Object.entries(found.usageKeys)) {
        await usageKeys.remove({ subscriptionId, tier, value });
      }
    },
    async () => {
      if (deleteUser !== undefined && !(await hasComeBack(owner, subscriptions)))
        await deleteUser(signInSubject);
    },
    async () => {
      if (paymentCustomer !== undefined) await erasePayments(paymentCustomer);
    },
  ]);
  await retryContended(async () => {
    const latest = await subscriptions.get(subscriptionId);
    if (latest?.erasure === undefined) return true;
    const outcome = await commit(client, [
      subscriptions.replacement(erased(latest, changeOf('erase-account', act))),
      ...freed(latest, subscriptions),
    ]);
    return outcome.kind === 'written' ? true : undefined;
  }, 'the erasure is not noted');
  return true;
}

/** Tries every step. @throws the first error, once all were tried */
async function everyOne(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Somebody who has signed in again since, before the user was deleted, has an account that needs the user. */
async function hasComeBack(
  owner: string | undefined,
  subscriptions: Pick<SubscriptionStore, 'ownerLock'>,
): Promise<boolean> {
  if (owner === undefined) return false;
  const lock = await subscriptions.ownerLock(owner);
  return lock !== undefined && lock.deletedAt === undefined;
}

/** The usage keys' places are free again, in the write that forgets them: once. */
function freed({ usageKeys }: SubscriptionItem, subscriptions: Pick<SubscriptionStore, 'fewerUsageKeys'>) {
  const count = Object.keys(usageKeys).length;
  return count === 0 ? [] : [subscriptions.fewerUsageKeys(count)];
}

/** Keys that were revoked before have names still. */
async function forgetNames(
  subscriptionId: string,
  act: Act,
  { client, keys }: Pick<ErasureDependencies, 'client' | 'keys'>,
): Promise<void> {
  for (const keyId of await allKeyIds(subscriptionId, keys)) {
    await retryContended(async () => {
      const key = await keys.get(keyId);
      if (key === undefined || key.name === formerName) return true;
      const change = changeOf('erase-account', act);
      const next = { ...key, name: formerName, revision: key.revision + 1, change };
      const outcome = await commit(client, [keys.replacement(next)]);
      return outcome.kind === 'written' ? true : undefined;
    }, 'a name is still there');
  }
}
