import type { Write } from '../runtime/dynamodb.ts';
import type { Act } from '../runtime/rules/change.ts';
import type { SubscriptionItem, Subscriptions } from '../subscriptions/index.ts';
import type { KeyItem } from './rules/key-item.ts';
import { following } from './rules/lifecycle.ts';
import type { TimerPolicy } from './rules/timer.ts';
import type { KeyStore } from './stores/key-store.ts';

/**
 * Plans and attaches a tier's usage key before the subscription is in that tier, so that the very next request is metered
 * by it.
 * @returns the subscription as it is then, and undefined where somebody else wrote first
 * @throws LimitError when API Gateway has no room for another usage key
 */
export async function prepareTier(
  subscription: SubscriptionItem,
  tier: string,
  act: Act,
  subscriptions: Subscriptions,
): Promise<SubscriptionItem | undefined> {
  const isPlanned = tier in subscription.usageKeys;
  const planned = isPlanned ? subscription : await subscriptions.planUsageKey(subscription, tier, act);
  if (planned !== undefined) await subscriptions.ensureUsageKey(planned, tier);
  return planned;
}

/**
 * The writes by which the live keys of a subscription follow it, for the transaction that writes the subscription.
 * @param next the subscription's next revision, in a tier that was prepared
 */
export async function followSubscription(
  next: SubscriptionItem,
  { keys, policy }: { readonly keys: Pick<KeyStore, 'get' | 'replacement'>; readonly policy: TimerPolicy },
): Promise<Write[]> {
  const { tier, usageKeys, payment, keyIds, change } = next;
  const found = await Promise.all(keyIds.map((keyId) => keys.get(keyId)));
  const live = found.filter((key): key is KeyItem => key !== undefined && key.revokedAt === undefined);
  if (live.length === 0) return [];
  const usageKey = usageKeys[tier];
  if (usageKey === undefined)
    throw new Error(`subscription ${next.subscriptionId} has no usage key for ${tier}`);
  const wanted = { tier, usageKey, isReversed: payment?.reversal !== undefined };
  return live.flatMap((key) => {
    const followed = following(key, wanted, change, policy);
    return followed === undefined ? [] : [keys.replacement(followed)];
  });
}
