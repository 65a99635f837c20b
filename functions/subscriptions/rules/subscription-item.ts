import type { Change } from '../../runtime/rules/change.ts';

/** A subscription (table Subscriptions): it owns the quota; its keys share it. Times are ISO 8601 in UTC. */
export interface SubscriptionItem {
  readonly subscriptionId: string;
  /** Lower case; locked to this subscription by the item `email#<address>`. */
  readonly email: string;
  readonly tier: string;
  /**
   * Values of the API Gateway keys that meter this subscription, by tier. A value is written here before the key is
   * created in API Gateway, so a crash in between leaves nothing that nobody knows of.
   */
  readonly usageKeys: Readonly<Record<string, string>>;
  /** Keys that are not revoked. */
  readonly keyIds: readonly string[];
  readonly createdAt: string;
  readonly revision: number;
  readonly change: Change;
}

/** Keys that a subscription may have at once, revoked ones not counted. */
export const maximumKeys = 5;

/** An address as it is compared and locked: two spellings of one mailbox must not become two subscriptions. */
export function normalizedEmail(email: string): string {
  return email.trim().toLowerCase();
}

export function newSubscription(
  subscription: { subscriptionId: string; email: string; tier: string; usageKey: string },
  change: Change,
): SubscriptionItem {
  const { usageKey, ...identity } = subscription;
  return {
    ...identity,
    usageKeys: { [subscription.tier]: usageKey },
    keyIds: [],
    createdAt: change.at,
    revision: 1,
    change,
  };
}

/** With the value that the usage key of a tier is going to have. */
export function withUsageKey(
  subscription: SubscriptionItem,
  tier: string,
  value: string,
  change: Change,
): SubscriptionItem {
  const usageKeys = { ...subscription.usageKeys, [tier]: value };
  return { ...subscription, usageKeys, revision: subscription.revision + 1, change };
}

/** In another tier, whose usage key is planned already. */
export function inTier(subscription: SubscriptionItem, tier: string, change: Change): SubscriptionItem {
  return { ...subscription, tier, revision: subscription.revision + 1, change };
}

export function withKey(subscription: SubscriptionItem, keyId: string, change: Change): SubscriptionItem {
  return {
    ...subscription,
    keyIds: [...subscription.keyIds, keyId],
    revision: subscription.revision + 1,
    change,
  };
}

export function withoutKey(subscription: SubscriptionItem, keyId: string, change: Change): SubscriptionItem {
  return {
    ...subscription,
    keyIds: subscription.keyIds.filter((id) => id !== keyId),
    revision: subscription.revision + 1,
    change,
  };
}
