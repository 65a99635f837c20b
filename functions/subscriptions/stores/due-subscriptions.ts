import { dueItems } from '../../runtime/due-items.ts';
import type { DocumentClient } from '../../runtime/dynamodb.ts';
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

export function createDueSubscriptions(client: DocumentClient, tableName: string): DueSubscriptions {
  const index = { tableName, indexName: subscriptionsByDueIndex, sortKey: 'nextActionAt' };
  return {
    async *due(now) {
      for (let shard = 0; shard < subscriptionShards; shard++) {
        for await (const items of dueItems(client, index, shard, now)) {
          for (const item of items) {
            yield { subscriptionId: String(item['subscriptionId']), dueAt: String(item['nextActionAt']) };
          }
        }
      }
    },
  };
}
