import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { byDueIndex } from '../../keys/contract.ts';

/** The sparse index of keys by what is due: one query for each shard and page, whatever else the table holds. */
export interface DueStore {
  /** Ids of a shard's keys whose timer is over, the most overdue first, page by page. */
  due(shard: number, now: Date): AsyncIterable<readonly DueKey[]>;
}

export interface DueKey {
  readonly keyId: string;
  readonly dueAt: string;
}

const pageSize = 100;

export function createDueStore(client: DynamoDBDocumentClient, tableName: string): DueStore {
  return {
    async *due(shard, now) {
      let from: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: byDueIndex,
            KeyConditionExpression: 'dueShard = :shard AND nextActionAt <= :now',
            ExpressionAttributeValues: { ':shard': shard, ':now': now.toISOString() },
            Limit: pageSize,
            ...(from === undefined ? {} : { ExclusiveStartKey: from }),
          }),
        );
        yield Items.map((item) => ({
          keyId: String(item['keyId']),
          dueAt: String(item['nextActionAt']),
        }));
        from = LastEvaluatedKey;
      } while (from !== undefined);
    },
  };
}
