import type { Change } from '../../runtime/rules/change.ts';

/** A subscription (table Subscriptions): it owns the quota; its keys share it. Times are ISO 8601 in UTC. */
export interface SubscriptionItem {
  readonly subscriptionId: string;
  /** Lower case; locked to this subscription by the item `email#<address>`. */
  readonly email: string;
  /** Why no mail goes to the address any more, until it changes: mails to it came back for good, or were called spam. */
  readonly undeliverable?: Undeliverable;
  /** When the address was last changed: the record tells that it was, and never which it is. */
  readonly emailChangedAt?: string;
  /** The owner's name, for greetings. */
  readonly name?: string;
  /** What the owner's keys are encrypted to when they are mailed. */
  readonly openPgpKey?: OpenPgpKey;
  /** When that was last put on file, replaced or taken away. */
  readonly openPgpKeyChangedAt?: string;
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

export interface Undeliverable {
  readonly cause: 'bounce' | 'complaint';
  readonly at: string;
}

export interface OpenPgpKey {
  /** The public key, ASCII-armored. */
  readonly armored: string;
  readonly fingerprint: string;
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

/** Where and how its owner is reached; null takes away, undefined leaves. An address that is given takes mail again. */
export interface Contact {
  readonly email?: string | undefined;
  readonly name?: string | null | undefined;
  readonly openPgpKey?: OpenPgpKey | null | undefined;
}

/**
 * With another contact; whoever writes it moves the lock of the address in the same transaction.
 * @returns undefined where nothing differs
 */
export function updated(
  subscription: SubscriptionItem,
  { email, name, openPgpKey }: Contact,
  change: Change,
): SubscriptionItem | undefined {
  const { undeliverable, name: oldName, openPgpKey: oldKey, ...rest } = subscription;
  const isMoved = email !== undefined && email !== subscription.email;
  const takesMailAgain = email !== undefined && undeliverable !== undefined;
  const newName = name === undefined ? oldName : (name ?? undefined);
  const newKey = openPgpKey === undefined ? oldKey : (openPgpKey ?? undefined);
  const isRekeyed = newKey?.armored !== oldKey?.armored;
  if (!isMoved && !takesMailAgain && !isRekeyed && newName === oldName) return undefined;
  return {
    ...rest,
    email: email ?? subscription.email,
    ...(isMoved ? { emailChangedAt: change.at } : {}),
    ...(isRekeyed ? { openPgpKeyChangedAt: change.at } : {}),
    ...(takesMailAgain || undeliverable === undefined ? {} : { undeliverable }),
    ...(newName === undefined ? {} : { name: newName }),
    ...(newKey === undefined ? {} : { openPgpKey: newKey }),
    revision: subscription.revision + 1,
    change,
  };
}

/** No mail goes to the address from now on. @returns undefined where that is so already, or the address has changed */
export function withUndeliverable(
  subscription: SubscriptionItem,
  { address, cause }: { address: string; cause: Undeliverable['cause'] },
  change: Change,
): SubscriptionItem | undefined {
  if (subscription.email !== normalizedEmail(address) || subscription.undeliverable !== undefined)
    return undefined;
  return {
    ...subscription,
    undeliverable: { cause, at: change.at },
    revision: subscription.revision + 1,
    change,
  };
}
