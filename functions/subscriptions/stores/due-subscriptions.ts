import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { subscriptionsByDueIndex } from '../contract.ts';
import { subscriptionShards } from '../rules/subscription-item.ts';

/** The sparse index of subscriptions by what is due: one query for each shard and page, whatever else the table holds. */
export interface DueSubscriptions {
  /** Ids of those whose timer is over, in each shard the most overdue first. What is due, the item tells. */
  due(now: Date): AsyncIterable<DueSubscription>;
}

export interface DueSubscription {
  readonly subscriptionId: string;
  /** ISO 8601 in UTC. */
  readonly dueAt: string;
}

export function createDueSubscriptions(client: DynamoDBDocumentClient, tableName: string): DueSubscriptions {
  return {
    async *due(now) {
      for (let shard = 0; shard < subscriptionShards; shard++) {
        let from: Record<string, unknown> | undefined;
        do {
          const { Items = [], LastEvaluatedKey } = await client.send(
            new QueryCommand({
              TableName: tableName,
              IndexName: subscriptionsByDueIndex,
              KeyConditionExpression: 'dueShard = :shard AND nextActionAt <= :now',
              ExpressionAttributeValues: { ':shard': shard, ':now': now.toISOString() },
              Limit: 100,
              ...(from === undefined ? {} : { ExclusiveStartKey: from }),
            }),
          );
          for (const item of Items) {
            yield { subscriptionId: String(item['subscriptionId']), dueAt: String(item['nextActionAt']) };
          }
          from = LastEvaluatedKey;
        } while (from !== undefined);
      }
    },
  };
}
