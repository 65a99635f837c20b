import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type DocumentClient, readMany, type Write } from '../../runtime/dynamodb.ts';
import { alertsBySubscriptionIndex, byOpenIndex, byOpenOfIndex } from '../contract.ts';
import type { AlertItem } from '../rules/alert-item.ts';

/** Table Alerts. Writes are handed out, so that a use case can put them into one transaction with others. */
export interface AlertStore {
  /** Strongly consistent. */
  get(alertId: string): Promise<AlertItem | undefined>;
  /** Those of many, each named once, that exist. Strongly consistent, in no order. */
  many(alertIds: readonly string[]): Promise<AlertItem[]>;
  /**
   * Ids of a subscription's alerts, the newest first. Eventually consistent.
   * @param before begin with those that were opened before this one
   */
  idsOf(subscriptionId: string, limit: number, before?: string): Promise<AlertIds>;
  /** The same for those of it that are open. */
  openIdsOf(subscriptionId: string, limit: number, before?: string): Promise<AlertIds>;
  /** The same for those of everybody that are open, of one partition of the index. @param shard 0..7 */
  openIdsOfAll(shard: number, limit: number, before?: string): Promise<AlertIds>;
  /** The first revision of an alert whose id is new. */
  creation(alert: AlertItem): Write;
  /** The next revision of an alert, on condition that nobody has written since it was read. */
  replacement(alert: AlertItem): Write;
}

/** A page of ids, the newest first. */
export interface AlertIds {
  readonly alertIds: string[];
  readonly more: boolean;
}

export function createAlertStore(client: DocumentClient, tableName: string): AlertStore {
  return {
    async get(alertId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { alertId }, ConsistentRead: true }),
      );
      return Item as AlertItem | undefined;
    },
    async many(alertIds) {
      const keys = alertIds.map((alertId) => ({ alertId }));
      return (await readMany(client, tableName, keys)) as unknown as AlertItem[];
    },
    idsOf: (subscriptionId, ...page) => idsIn(alertsBySubscriptionIndex, { subscriptionId }, ...page),
    openIdsOf: (openOf, ...page) => idsIn(byOpenOfIndex, { openOf }, ...page),
    openIdsOfAll: (openShard, ...page) => idsIn(byOpenIndex, { openShard }, ...page),
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

  /** @param partition the name and value of the index' partition key */
  async function idsIn(
    index: string,
    partition: Readonly<Record<string, string | number>>,
    limit: number,
    before?: string,
  ): Promise<AlertIds> {
    const [[name, value] = []] = Object.entries(partition);
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: `${name} = :id`,
        ExpressionAttributeValues: { ':id': value },
        ScanIndexForward: false,
        Limit: limit,
        ...(before === undefined ? {} : { ExclusiveStartKey: { ...partition, alertId: before } }),
      }),
    );
    return { alertIds: Items.map((item) => String(item['alertId'])), more: LastEvaluatedKey !== undefined };
  }
}
