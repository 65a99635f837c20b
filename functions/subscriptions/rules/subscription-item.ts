import type { Change } from '../../runtime/rules/change.ts';

/** A subscription (table Subscriptions): it owns the quota; its keys share it. Times are ISO 8601 in UTC. */
export interface SubscriptionItem {
  readonly subscriptionId: string;
  /** Lower case; locked to this subscription by the item `email#<address>`. Empty once the account was deleted. */
  readonly email: string;
  /** Who may sign in to it: a hash of issuer and subject, locked by the item `owner#<hash>`. Absent: nobody has yet. */
  readonly owner?: string;
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
  /** What gave it the tier: the end of a payment takes away only what a payment gave. Absent: it began with it. */
  readonly tierCause?: TierCause;
  /** When its owner first chose a tier (R2). */
  readonly tierChosenAt?: string;
  /** What Stripe says of its owner's payments; absent until the first checkout. */
  readonly payment?: PaymentState;
  /** The owner's request for a tier that an admin approves: the open one, or the last one that was answered. */
  readonly request?: TierRequest;
  /** `open` while the request is: partition of the sparse index `byRequest`. */
  readonly openRequest?: 'open';
  /** When something is to be done about it, such as looking at a failed payment again: sparse index `byDue`. */
  readonly nextActionAt?: string;
  /** 0..3, present only while there is a `nextActionAt`: partition of that index. */
  readonly dueShard?: number;
  /** What was never chosen is absent: see `preferencesOf`. */
  readonly preferences?: Partial<Preferences>;
  /** When its owner deleted the account: nothing personal is left on it but what `erasure` still has to remove elsewhere. */
  readonly deletedAt?: string;
  readonly erasure?: Erasure;
  /**
   * Random, and gone with the account: the record keeps a hash of each revision of the item, which nobody can find the
   * address by without it.
   */
  readonly salt?: string;
  /**
   * Values of the API Gateway keys that meter this subscription, by tier. A value is written here before the key is
   * created in API Gateway, so a crash in between leaves nothing that nobody knows of.
   */
  readonly usageKeys: Readonly<Record<string, string>>;
  /** Keys that are not revoked. */
  readonly keyIds: readonly string[];
  /** How many keys were made on the last day (UTC) on which one was. */
  readonly keysMade?: { readonly day: string; readonly count: number };
  readonly createdAt: string;
  readonly revision: number;
  readonly change: Change;
}

export interface Undeliverable {
  readonly cause: 'bounce' | 'complaint' | 'deleted';
  readonly at: string;
}

export type TierCause = 'owner' | 'payment' | 'admin';

/** As fetched from Stripe, never as an event told it. Ids are Stripe's. */
export interface PaymentState {
  /** `cus_...`, locked to this subscription by the item `customer#<id>`. */
  readonly customerId: string;
  /** The checkout that waits for its owner to pay. */
  readonly checkout?: { readonly id: string; readonly url: string; readonly expiresAt: string };
  /** `sub_...`, the one that pays for the tier, or the last one that did. */
  readonly stripeSubscriptionId?: string;
  readonly status?: 'active' | 'past-due' | 'ended';
  /** Until when it is paid. */
  readonly periodEndsAt?: string;
  /** When it ends, for its owner canceled it. */
  readonly cancelsAt?: string;
  /** When it ended. */
  readonly endedAt?: string;
  /** When the payment failed that is still missing, and when the tier ends without it. */
  readonly failedAt?: string;
  readonly graceEndsAt?: string;
  /** The `graceEndsAt` of which the owner was reminded. */
  readonly remindedFor?: string;
  /** A payment was taken back, and none has been made since: the keys are suspended with cause `payment`. */
  readonly reversal?: { readonly kind: 'refund' | 'dispute'; readonly at: string };
}

export interface TierRequest {
  readonly tier: 'enterprise';
  readonly status: 'open' | 'approved' | 'declined' | 'withdrawn';
  readonly requestedAt: string;
  /** What its owner wrote. */
  readonly note?: string;
  readonly answeredAt?: string;
  /** The admin's reason. */
  readonly reason?: string;
}

export interface Preferences {
  /** Whether a key that the owner makes or rotates is mailed too; false: the mail merely tells that it was. */
  readonly mailNewKeys: boolean;
  /** Alerts of at least this severity are mailed. */
  readonly mailAlerts: 'all' | 'warning' | 'critical';
}

export const defaultPreferences: Preferences = { mailNewKeys: true, mailAlerts: 'all' };

/** What holds: what was never chosen is as by default. */
export function preferencesOf({ preferences }: Pick<SubscriptionItem, 'preferences'>): Preferences {
  return { ...defaultPreferences, ...preferences };
}

/** What is still to be removed elsewhere after an account was deleted; `usageKeys` of it, too. */
export interface Erasure {
  /** The customer at Stripe. */
  readonly paymentCustomer?: string;
  /** Who signed in: the user in the stack's own user pool, and what its lock is known by. */
  readonly signInSubject: string;
  readonly owner?: string;
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
  subscription: { subscriptionId: string; email: string; tier: string; usageKey: string; salt: string },
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

/** The account of somebody who has signed in: free at once; its usage key is planned with its first key. */
export function newAccount(
  account: {
    readonly subscriptionId: string;
    readonly email: string;
    readonly owner: string;
    readonly salt: string;
    readonly name?: string;
  },
  change: Change,
): SubscriptionItem & { readonly owner: string } {
  return { ...account, tier: 'free', usageKeys: {}, keyIds: [], createdAt: change.at, revision: 1, change };
}

/** Belongs, from now on, to whoever has signed in with its address. */
export function joined(
  subscription: SubscriptionItem,
  { owner, salt }: { readonly owner: string; readonly salt: string },
  change: Change,
): SubscriptionItem & { readonly owner: string } {
  return {
    ...subscription,
    owner,
    salt: subscription.salt ?? salt,
    revision: subscription.revision + 1,
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
    keysMade: madeOn(change.at.slice(0, 10), subscription.keysMade),
    revision: subscription.revision + 1,
    change,
  };
}

function madeOn(
  day: string,
  before: SubscriptionItem['keysMade'],
): NonNullable<SubscriptionItem['keysMade']> {
  return { day, count: before?.day === day ? before.count + 1 : 1 };
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
  /** What is absent stays as it is. */
  readonly preferences?: PreferencesChange | undefined;
}

export type PreferencesChange = {
  readonly [Name in keyof Preferences]?: Preferences[Name] | undefined;
};

/**
 * With another contact; whoever writes it moves the lock of the address in the same transaction.
 * @returns undefined where nothing differs
 */
export function updated(
  subscription: SubscriptionItem,
  { email, name, openPgpKey, preferences }: Contact,
  change: Change,
): SubscriptionItem | undefined {
  const { undeliverable, name: oldName, openPgpKey: oldKey, ...rest } = subscription;
  const isMoved = email !== undefined && email !== subscription.email;
  const takesMailAgain = email !== undefined && undeliverable !== undefined;
  const newName = name === undefined ? oldName : (name ?? undefined);
  const newKey = openPgpKey === undefined ? oldKey : (openPgpKey ?? undefined);
  const isRekeyed = newKey?.armored !== oldKey?.armored;
  const preferred = withPreferences(subscription, preferences);
  if (!isMoved && !takesMailAgain && !isRekeyed && preferred === undefined && newName === oldName)
    return undefined;
  return {
    ...rest,
    email: email ?? subscription.email,
    ...(isMoved ? { emailChangedAt: change.at } : {}),
    ...(isRekeyed ? { openPgpKeyChangedAt: change.at } : {}),
    ...(takesMailAgain || undeliverable === undefined ? {} : { undeliverable }),
    ...(newName === undefined ? {} : { name: newName }),
    ...(newKey === undefined ? {} : { openPgpKey: newKey }),
    ...(preferred === undefined ? {} : { preferences: preferred }),
    revision: subscription.revision + 1,
    change,
  };
}

/** Undefined where nothing differs. */
function withPreferences(
  subscription: Pick<SubscriptionItem, 'preferences'>,
  { mailNewKeys, mailAlerts }: PreferencesChange = {},
): Preferences | undefined {
  const old = preferencesOf(subscription);
  const preferred = {
    mailNewKeys: mailNewKeys ?? old.mailNewKeys,
    mailAlerts: mailAlerts ?? old.mailAlerts,
  };
  const isSame = preferred.mailNewKeys === old.mailNewKeys && preferred.mailAlerts === old.mailAlerts;
  return isSame ? undefined : preferred;
}

/**
 * Nothing personal is left, and what `erasure` names is still to be removed elsewhere; the id goes on to name, on record,
 * whoever acted, and nobody any more.
 */
export function deleted(
  { subscriptionId, tier, usageKeys, createdAt, owner, payment, revision }: SubscriptionItem,
  signInSubject: string,
  change: Change,
): SubscriptionItem {
  return {
    subscriptionId,
    email: '',
    undeliverable: { cause: 'deleted', at: change.at },
    tier,
    usageKeys,
    keyIds: [],
    createdAt,
    deletedAt: change.at,
    erasure: {
      signInSubject,
      ...(owner === undefined ? {} : { owner }),
      ...(payment === undefined ? {} : { paymentCustomer: payment.customerId }),
    },
    ...timed(subscriptionId, change.at),
    revision: revision + 1,
    change,
  };
}

/** All that `erasure` named is gone. */
export function erased(subscription: SubscriptionItem, change: Change): SubscriptionItem {
  const { erasure: _done, nextActionAt: _at, dueShard: _shard, ...rest } = subscription;
  return { ...rest, usageKeys: {}, revision: subscription.revision + 1, change };
}

/** Partitions of the index by what is due. */
export const subscriptionShards = 4;

/** A timer, as the index by what is due knows it. */
export function timed(
  subscriptionId: string,
  nextActionAt: string,
): Required<Pick<SubscriptionItem, 'nextActionAt' | 'dueShard'>> {
  let sum = 0;
  for (const char of subscriptionId) sum += char.charCodeAt(0);
  return { nextActionAt, dueShard: sum % subscriptionShards };
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
