import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { byRequestIndex } from '../../subscriptions/contract.ts';

/** The sparse index of subscriptions whose owners wait for an answer. */
export interface RequestStore {
  /** Their ids, in order. Eventually consistent. @param after begin behind this id */
  open(limit: number, after?: string): Promise<{ subscriptionIds: string[]; more: boolean }>;
}

export function createRequestStore(client: DynamoDBDocumentClient, tableName: string): RequestStore {
  return {
    async open(limit, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: byRequestIndex,
          KeyConditionExpression: 'openRequest = :open',
          ExpressionAttributeValues: { ':open': 'open' },
          Limit: limit,
          ...(after === undefined
            ? {}
            : { ExclusiveStartKey: { openRequest: 'open', subscriptionId: after } }),
        }),
      );
      const subscriptionIds = Items.map((item) => String(item['subscriptionId']));
      return { subscriptionIds, more: LastEvaluatedKey !== undefined };
    },
  };
}
