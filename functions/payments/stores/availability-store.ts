import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { availabilityItem } from '../../subscriptions/contract.ts';

/**
 * The item `availability#payments` of table Subscriptions: whether Stripe is connected, as `check-payments` found it in the last
 * minute. So whoever only tells what can be chosen needs no right to read a secret.
 */
export interface AvailabilityStore {
  /** False as long as nobody has looked. Strongly consistent. */
  get(): Promise<boolean>;
  put(isAvailable: boolean, now: Date): Promise<void>;
}

export function createAvailabilityStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): AvailabilityStore {
  return {
    async get() {
      const Key = { subscriptionId: availabilityItem };
      const { Item } = await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
      return Item?.['isAvailable'] === true;
    },
    async put(isAvailable, now) {
      const Item = { subscriptionId: availabilityItem, isAvailable, since: now.toISOString() };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
  };
}
