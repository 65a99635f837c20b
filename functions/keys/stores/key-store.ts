import { GetCommand, paginateScan, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient, Write } from '../../runtime/dynamodb.ts';
import { bySubscriptionIndex } from '../contract.ts';
import type { KeyItem } from '../rules/key-item.ts';

/** Table Keys. Writes are handed out, so that a use case can put them into one transaction with others. */
export interface KeyStore {
  /** Strongly consistent. */
  get(keyId: string): Promise<KeyItem | undefined>;
  /**
   * Ids of a subscription's keys, revoked ones too, in the order of ids. Eventually consistent: a key made within the
   * last second may be missing.
   * @param after begin behind this id
   */
  idsOf(subscriptionId: string, limit: number, after?: string): Promise<{ keyIds: string[]; more: boolean }>;
  /** Every key, page by page: for what must look at all of them. Reads the whole table. */
  all(): AsyncIterable<KeyItem>;
  /** The first revision of a key whose id is new. */
  creation(key: KeyItem): Write;
  /** The next revision of a key, on condition that nobody has written since it was read. */
  replacement(key: KeyItem): Write;
}

export function createKeyStore(client: DocumentClient, tableName: string): KeyStore {
  return {
    async get(keyId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { keyId }, ConsistentRead: true }),
      );
      return Item as KeyItem | undefined;
    },
    async idsOf(subscriptionId, limit, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: bySubscriptionIndex,
          KeyConditionExpression: 'subscriptionId = :id',
          ExpressionAttributeValues: { ':id': subscriptionId },
          Limit: limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: { subscriptionId, keyId: after } }),
        }),
      );
      return { keyIds: Items.map((item) => String(item['keyId'])), more: LastEvaluatedKey !== undefined };
    },
    async *all() {
      for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        yield* (page.Items ?? []) as KeyItem[];
      }
    },
    creation: (key) => ({
      label: 'key',
      item: { Put: { TableName: tableName, Item: key, ConditionExpression: 'attribute_not_exists(keyId)' } },
    }),
    replacement: (key) => ({
      label: 'key',
      item: {
        Put: {
          TableName: tableName,
          Item: key,
          ConditionExpression: 'revision = :read',
          ExpressionAttributeValues: { ':read': key.revision - 1 },
        },
      },
    }),
  };
}
