import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Write } from '../../runtime/dynamodb.ts';
import type { KeyItem } from '../rules/key-item.ts';

/** Table Keys. Writes are handed out, so that a use case can put them into one transaction with others. */
export interface KeyStore {
  /** Strongly consistent. */
  get(keyId: string): Promise<KeyItem | undefined>;
  /** The first revision of a key whose id is new. */
  creation(key: KeyItem): Write;
  /** The next revision of a key, on condition that nobody has written since it was read. */
  replacement(key: KeyItem): Write;
}

export function createKeyStore(client: DynamoDBDocumentClient, tableName: string): KeyStore {
  return {
    async get(keyId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { keyId }, ConsistentRead: true }),
      );
      return Item as KeyItem | undefined;
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
