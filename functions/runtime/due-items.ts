import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient } from './dynamodb.ts';

/** A sparse index of what is due: partition key `dueShard`, sort key the moment (ISO 8601) that it is due at. */
export interface DueIndex {
  readonly tableName: string;
  readonly indexName: string;
  readonly sortKey: string;
}

const pageSize = 100;

/**
 * What is due in one partition, the most overdue first, page by page: one query for each page, whatever else the table
 * holds. Eventually consistent: an item may be done by now.
 */
export async function* dueItems(
  client: DocumentClient,
  { tableName, indexName, sortKey }: DueIndex,
  shard: number,
  now: Date,
): AsyncGenerator<readonly Record<string, unknown>[]> {
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: indexName,
        KeyConditionExpression: `dueShard = :shard AND ${sortKey} <= :now`,
        ExpressionAttributeValues: { ':shard': shard, ':now': now.toISOString() },
        Limit: pageSize,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    yield Items;
    from = LastEvaluatedKey;
  } while (from !== undefined);
}
