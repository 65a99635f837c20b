import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { KeyItem } from '../../keys/index.ts';

/** The authorizer's one read. */
export interface KeyReader {
  /** Strongly consistent, so that a revocation shows on the very next request. */
  get(keyId: string): Promise<KeyItem | undefined>;
}

export function createKeyReader(client: Pick<DynamoDBClient, 'send'>, tableName: string): KeyReader {
  return {
    async get(keyId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { keyId: { S: keyId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : (unmarshall(Item) as KeyItem);
    },
  };
}
