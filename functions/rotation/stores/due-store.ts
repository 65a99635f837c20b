import { byDueIndex } from '../../keys/contract.ts';
import { dueItems } from '../../runtime/due-items.ts';
import type { DocumentClient } from '../../runtime/dynamodb.ts';

/** The sparse index of keys by what is due: one query for each shard and page, whatever else the table holds. */
export interface DueStore {
  /** Ids of a shard's keys whose timer is over, the most overdue first, page by page. */
  due(shard: number, now: Date): AsyncIterable<readonly DueKey[]>;
}

export interface DueKey {
  readonly keyId: string;
  readonly dueAt: string;
}

export function createDueStore(client: DocumentClient, tableName: string): DueStore {
  const index = { tableName, indexName: byDueIndex, sortKey: 'nextActionAt' };
  return {
    async *due(shard, now) {
      for await (const items of dueItems(client, index, shard, now)) {
        yield items.map((item) => ({ keyId: String(item['keyId']), dueAt: String(item['nextActionAt']) }));
      }
    },
  };
}
