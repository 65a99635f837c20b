import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { readMany, type Write } from '../../runtime/dynamodb.ts';
import { ttlAttribute } from '../contract.ts';
import type { SubscriptionItem } from '../rules/subscription-item.ts';

/**
 * Table Subscriptions. Beside subscriptions it holds locks: `email#<address>` ties an address to one subscription,
 * `counter#usage-keys` counts the usage keys that exist or are about to.
 */
export interface SubscriptionStore {
  /** Strongly consistent. */
  get(subscriptionId: string): Promise<SubscriptionItem | undefined>;
  /** Those of many, each named once, that exist. Strongly consistent, in no order. */
  many(subscriptionIds: readonly string[]): Promise<SubscriptionItem[]>;
  /** Id of the subscription that an address (normalized) belongs to. Strongly consistent. */
  idByEmail(email: string): Promise<string | undefined>;
  usageKeyCount(): Promise<number>;
  /** A new subscription with its address lock and its place among the usage keys: labels `subscription`, `email`, `limit`. */
  creation(subscription: SubscriptionItem, usageKeyLimit: number): Write[];
  /** The same for one more usage key of a subscription that exists: labels `subscription`, `limit`. */
  withUsageKey(subscription: SubscriptionItem, usageKeyLimit: number): Write[];
  /** The next revision, on condition that nobody has written since it was read: label `subscription`. */
  replacement(subscription: SubscriptionItem): Write;
  /** Who signed in as this owner before, if anybody. Strongly consistent. */
  ownerLock(owner: string): Promise<OwnerLock | undefined>;
  /** An account that begins with its owner's sign-in: labels `subscription`, `email`, `owner`. It has no usage key yet. */
  opening(subscription: SubscriptionItem & { readonly owner: string }): Write[];
  /** Ties an owner to a subscription that exists: labels `subscription`, `owner`. */
  joining(subscription: SubscriptionItem & { readonly owner: string }): Write[];
  /**
   * A deleted account: its address is free again, its owner's lock tells since when. Labels `subscription`, `email`,
   * `owner`, `customer`.
   */
  deletion(subscription: SubscriptionItem, former: SubscriptionItem, signedInUntil: Date): Write[];
  /** One usage key fewer: label `limit`. */
  fewerUsageKeys(number: number): Write;
  /** Moves the lock of an address to another one: labels `email`, `former-email`. */
  readdressing(subscriptionId: string, former: string, email: string): Write[];
}

/** Ties whoever signs in to a subscription (item `owner#<owner>`), or tells that the account was deleted. */
export interface OwnerLock {
  readonly lockedFor: string;
  /** A sign-in before this moment opens no new account. */
  readonly deletedAt?: string;
}

const usageKeyCounter = 'counter#usage-keys';

export function createSubscriptionStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): SubscriptionStore {
  async function read(subscriptionId: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { subscriptionId }, ConsistentRead: true }),
    );
    return Item;
  }

  const replacement = (subscription: SubscriptionItem): Write => ({
    label: 'subscription',
    item: {
      Put: {
        TableName: tableName,
        Item: subscription,
        ConditionExpression: 'revision = :read',
        ExpressionAttributeValues: { ':read': subscription.revision - 1 },
      },
    },
  });

  const lock = (email: string, lockedFor: string): Write => ({
    label: 'email',
    item: {
      Put: {
        TableName: tableName,
        Item: { subscriptionId: `email#${email}`, lockedFor },
        ConditionExpression: 'attribute_not_exists(subscriptionId)',
      },
    },
  });

  const release = (label: string, lockId: string, lockedFor: string): Write => ({
    label,
    item: {
      Delete: {
        TableName: tableName,
        Key: { subscriptionId: lockId },
        ConditionExpression: 'lockedFor = :id',
        ExpressionAttributeValues: { ':id': lockedFor },
      },
    },
  });

  const creation = (subscription: SubscriptionItem): Write => ({
    label: 'subscription',
    item: {
      Put: {
        TableName: tableName,
        Item: subscription,
        ConditionExpression: 'attribute_not_exists(subscriptionId)',
      },
    },
  });

  // A deleted account's lock gives way: whoever reads it decides whether the sign-in is a new one.
  const ownerLock = (owner: string, lockedFor: string): Write => ({
    label: 'owner',
    item: {
      Put: {
        TableName: tableName,
        Item: { subscriptionId: `owner#${owner}`, lockedFor },
        ConditionExpression: 'attribute_not_exists(subscriptionId) OR attribute_exists(deletedAt)',
      },
    },
  });

  const oneMoreUsageKey = (limit: number): Write => ({
    label: 'limit',
    item: {
      Update: {
        TableName: tableName,
        Key: { subscriptionId: usageKeyCounter },
        UpdateExpression: 'ADD #count :one',
        ConditionExpression: 'attribute_not_exists(#count) OR #count < :limit',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':one': 1, ':limit': limit },
      },
    },
  });

  return {
    async many(subscriptionIds) {
      const keys = subscriptionIds.map((subscriptionId) => ({ subscriptionId }));
      return (await readMany(client, tableName, keys)) as unknown as SubscriptionItem[];
    },
    async get(subscriptionId) {
      // A lock's key is no subscription id, whoever asks for it.
      if (subscriptionId.includes('#')) return undefined;
      return (await read(subscriptionId)) as SubscriptionItem | undefined;
    },
    async idByEmail(email) {
      const lock = await read(`email#${email}`);
      return lock === undefined ? undefined : String(lock['lockedFor']);
    },
    async usageKeyCount() {
      return Number((await read(usageKeyCounter))?.['count'] ?? 0);
    },
    async ownerLock(owner) {
      return (await read(`owner#${owner}`)) as OwnerLock | undefined;
    },
    opening: (subscription) => [
      creation(subscription),
      lock(subscription.email, subscription.subscriptionId),
      ownerLock(subscription.owner, subscription.subscriptionId),
    ],
    joining: (subscription) => [
      replacement(subscription),
      ownerLock(subscription.owner, subscription.subscriptionId),
    ],
    creation: (subscription, usageKeyLimit) => [
      creation(subscription),
      lock(subscription.email, subscription.subscriptionId),
      oneMoreUsageKey(usageKeyLimit),
    ],
    withUsageKey: (subscription, usageKeyLimit) => [
      replacement(subscription),
      oneMoreUsageKey(usageKeyLimit),
    ],
    replacement,
    deletion: (subscription, { subscriptionId, email, owner, payment }, signedInUntil) => [
      replacement(subscription),
      release('email', `email#${email}`, subscriptionId),
      ...(payment === undefined
        ? []
        : [release('customer', `customer#${payment.customerId}`, subscriptionId)]),
      ...(owner === undefined
        ? []
        : [
            {
              label: 'owner',
              item: {
                Put: {
                  TableName: tableName,
                  Item: {
                    subscriptionId: `owner#${owner}`,
                    lockedFor: subscriptionId,
                    deletedAt: subscription.deletedAt,
                    [ttlAttribute]: Math.ceil(signedInUntil.getTime() / 1000),
                  },
                  ConditionExpression: 'lockedFor = :id',
                  ExpressionAttributeValues: { ':id': subscriptionId },
                },
              },
            },
          ]),
    ],
    fewerUsageKeys: (number) => ({
      label: 'limit',
      item: {
        Update: {
          TableName: tableName,
          Key: { subscriptionId: usageKeyCounter },
          UpdateExpression: 'ADD #count :fewer',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':fewer': -number },
        },
      },
    }),
    readdressing: (subscriptionId, former, email) => [
      lock(email, subscriptionId),
      release('former-email', `email#${former}`, subscriptionId),
    ],
  };
}
