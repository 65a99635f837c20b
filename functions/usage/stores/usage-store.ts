import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { readUsage, type Usage } from '../rules/usage-item.ts';

/** Reads table Usage; the meter writes it. */
export interface UsageStore {
  /** Strongly consistent. @param period `2026-11` */
  get(subscriptionId: string, period: string): Promise<Usage>;
}

export function createUsageStore(client: DynamoDBDocumentClient, tableName: string): UsageStore {
  return {
    async get(subscriptionId, period) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { subscriptionId, period }, ConsistentRead: true }),
      );
      return readUsage(Item, period);
    },
  };
}
