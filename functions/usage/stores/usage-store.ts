import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { readMany } from '../../runtime/dynamodb.ts';
import { periodOf } from '../rules/period.ts';
import { lastUseAttribute, readUsage, type Usage } from '../rules/usage-item.ts';

/** Reads table Usage; the meter writes it. */
export interface UsageStore {
  /** Strongly consistent. @param period `2026-11` */
  get(subscriptionId: string, period: string): Promise<Usage>;
  /** Many at once, each one asked for once, strongly consistent. The order is that of the months asked for. */
  many(months: readonly MonthOfSubscription[]): Promise<Usage[]>;
  /** The present month's usage, and when each secret version was last used, as far back as the month before. */
  recent(
    subscriptionId: string,
    now: Date,
  ): Promise<{
    readonly usage: Usage;
    /** ISO 8601. */
    lastUse(keyId: string, version: number): string | undefined;
  }>;
  /** When a secret version was last used, as far back as the month before: ISO 8601. */
  lastUse(
    secret: { subscriptionId: string; keyId: string; version: string },
    now: Date,
  ): Promise<string | undefined>;
}

export interface MonthOfSubscription {
  readonly subscriptionId: string;
  /** `2026-11` */
  readonly period: string;
}

export function createUsageStore(client: DynamoDBDocumentClient, tableName: string): UsageStore {
  async function read(subscriptionId: string, period: string) {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { subscriptionId, period }, ConsistentRead: true }),
    );
    return Item;
  }

  return {
    async get(subscriptionId, period) {
      return readUsage(await read(subscriptionId, period), period);
    },
    async many(months) {
      const keys = months.map(({ subscriptionId, period }) => ({ subscriptionId, period }));
      const items = await readMany(client, tableName, keys);
      const nameOf = (month: Readonly<Record<string, unknown>>) =>
        `${month['subscriptionId']} ${month['period']}`;
      const byName = new Map(items.map((item) => [nameOf(item), item]));
      return keys.map((key) => readUsage(byName.get(nameOf(key)), key.period));
    },
    async recent(subscriptionId, now) {
      const [present, items] = await lastTwo(subscriptionId, now);
      return {
        usage: readUsage(items[0], present),
        lastUse: (keyId, version) => lastUseIn(items, keyId, version),
      };
    },
    async lastUse({ subscriptionId, keyId, version }, now) {
      const [, items] = await lastTwo(subscriptionId, now);
      return lastUseIn(items, keyId, version);
    },
  };

  /** The present month's name, its item, and that of the month before. */
  async function lastTwo(subscriptionId: string, now: Date) {
    const month = periodOf(now.getTime());
    const periods = [month.name, periodOf(month.startsAt - 1).name];
    return [month.name, await Promise.all(periods.map((period) => read(subscriptionId, period)))] as const;
  }
}

function lastUseIn(
  items: readonly (Readonly<Record<string, unknown>> | undefined)[],
  keyId: string,
  version: number | string,
): string | undefined {
  const uses = items.map((item) => Number(item?.[lastUseAttribute(keyId, version)] ?? 0)); // epoch seconds
  const last = Math.max(...uses);
  return last === 0 ? undefined : new Date(last * 1000).toISOString();
}
