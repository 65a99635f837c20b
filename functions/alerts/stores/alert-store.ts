import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient, Write } from '../../runtime/dynamodb.ts';
import { alertsBySubscriptionIndex } from '../contract.ts';
import type { AlertItem } from '../rules/alert-item.ts';

/** Table Alerts. Writes are handed out, so that a use case can put them into one transaction with others. */
export interface AlertStore {
  /** Strongly consistent. */
  get(alertId: string): Promise<AlertItem | undefined>;
  /**
   * Ids of a subscription's alerts, the newest first. Eventually consistent.
   * @param before begin with those that were opened before this one
   */
  idsOf(
    subscriptionId: string,
    limit: number,
    before?: string,
  ): Promise<{ alertIds: string[]; more: boolean }>;
  /** The first revision of an alert whose id is new. */
  creation(alert: AlertItem): Write;
  /** The next revision of an alert, on condition that nobody has written since it was read. */
  replacement(alert: AlertItem): Write;
}

export function createAlertStore(client: DocumentClient, tableName: string): AlertStore {
  return {
    async get(alertId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { alertId }, ConsistentRead: true }),
      );
      return Item as AlertItem | undefined;
    },
    async idsOf(subscriptionId, limit, before) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: alertsBySubscriptionIndex,
          KeyConditionExpression: 'subscriptionId = :id',
          ExpressionAttributeValues: { ':id': subscriptionId },
          ScanIndexForward: false,
          Limit: limit,
          ...(before === undefined ? {} : { ExclusiveStartKey: { subscriptionId, alertId: before } }),
        }),
      );
      return { alertIds: Items.map((item) => String(item['alertId'])), more: LastEvaluatedKey !== undefined };
    },
    creation: (alert) => ({
      label: 'alert',
      item: {
        Put: { TableName: tableName, Item: alert, ConditionExpression: 'attribute_not_exists(alertId)' },
      },
    }),
    replacement: (alert) => ({
      label: 'alert',
      item: {
        Put: {
          TableName: tableName,
          Item: alert,
          ConditionExpression: 'revision = :read',
          ExpressionAttributeValues: { ':read': alert.revision - 1 },
        },
      },
    }),
  };
}
