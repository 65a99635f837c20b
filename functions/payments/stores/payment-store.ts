import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Write } from '../../runtime/dynamodb.ts';
import { ttlAttribute } from '../../subscriptions/contract.ts';

/**
 * Items of table Subscriptions beside the subscriptions: `customer#<id>` ties a customer of Stripe's to one subscription and
 * counts what was done about it, `event#<id>` remembers an event of Stripe's that was dealt with.
 */
export interface PaymentStore {
  /** Strongly consistent. */
  customer(customerId: string): Promise<CustomerLock | undefined>;
  /** Whether an event has been dealt with. Strongly consistent. */
  hasEvent(eventId: string): Promise<boolean>;
  /** Ties a customer to a subscription: label `customer`. Fails where it is tied already. */
  lock(customerId: string, subscriptionId: string): Write;
  /**
   * The next in the sequence, on condition that nobody has taken it since it was read: label `customer`. What is written
   * with it stands in the order in which Stripe was asked, whoever finishes first.
   */
  next(customerId: string, lock: CustomerLock): Write;
  /** Remembers an event: label `event`. Fails where it is on record already. */
  event(eventId: string, now: Date): Write;
}

export interface CustomerLock {
  readonly lockedFor: string;
  readonly sequence: number;
}

/** Stripe sends an event again for three days, and shows it to be sent again by hand for 30. */
const eventsKeptSeconds = 90 * 86_400;

export function createPaymentStore(client: DynamoDBDocumentClient, tableName: string): PaymentStore {
  async function read(subscriptionId: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { subscriptionId }, ConsistentRead: true }),
    );
    return Item;
  }

  return {
    async customer(customerId) {
      return (await read(`customer#${customerId}`)) as CustomerLock | undefined;
    },
    async hasEvent(eventId) {
      return (await read(`event#${eventId}`)) !== undefined;
    },
    lock: (customerId, subscriptionId) => ({
      label: 'customer',
      item: {
        Put: {
          TableName: tableName,
          Item: { subscriptionId: `customer#${customerId}`, lockedFor: subscriptionId, sequence: 0 },
          ConditionExpression: 'attribute_not_exists(subscriptionId)',
        },
      },
    }),
    next: (customerId, { lockedFor, sequence }) => ({
      label: 'customer',
      item: {
        Put: {
          TableName: tableName,
          Item: { subscriptionId: `customer#${customerId}`, lockedFor, sequence: sequence + 1 },
          ConditionExpression: '#sequence = :read',
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ':read': sequence },
        },
      },
    }),
    event: (eventId, now) => ({
      label: 'event',
      item: {
        Put: {
          TableName: tableName,
          Item: {
            subscriptionId: `event#${eventId}`,
            [ttlAttribute]: Math.floor(now.getTime() / 1000) + eventsKeptSeconds,
          },
          ConditionExpression: 'attribute_not_exists(subscriptionId)',
        },
      },
    }),
  };
}
