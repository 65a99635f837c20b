import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient, Write } from '../../runtime/dynamodb.ts';
import type { Change } from '../../runtime/rules/change.ts';

/**
 * The item of what belongs to no key and no subscription (table Subscriptions, id `platform`), so that acts on it are
 * changes with a revision like any other, and as such on record.
 */
export interface PlatformItem {
  readonly subscriptionId: typeof platformId;
  /** Name of the pepper that was made current last. */
  readonly pepper?: string;
  readonly revision: number;
  readonly change: Change;
}

export const platformId = 'platform';

export interface PlatformStore {
  /** Strongly consistent. */
  get(): Promise<PlatformItem | undefined>;
  /** The next revision, on condition that nobody has written since `item` was read. */
  next(item: PlatformItem | undefined, fields: Pick<PlatformItem, 'pepper'>, change: Change): Write;
}

export function createPlatformStore(client: DocumentClient, tableName: string): PlatformStore {
  return {
    async get() {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { subscriptionId: platformId }, ConsistentRead: true }),
      );
      return Item as PlatformItem | undefined;
    },
    next(item, fields, change) {
      const revision = (item?.revision ?? 0) + 1;
      const next: PlatformItem = { ...item, ...fields, subscriptionId: platformId, revision, change };
      const condition =
        item === undefined
          ? { ConditionExpression: 'attribute_not_exists(subscriptionId)' }
          : {
              ConditionExpression: 'revision = :read',
              ExpressionAttributeValues: { ':read': item.revision },
            };
      return { label: 'platform', item: { Put: { TableName: tableName, Item: next, ...condition } } };
    },
  };
}
