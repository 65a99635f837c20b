import { GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient } from '../../runtime/dynamodb.ts';
import { isRecorded, type RecordedItem } from '../rules/recorded-change.ts';

/** The items that are on record: what the record's tails are compared with. */
export interface RecordedItemStore {
  /** Strongly consistent; undefined where there is no such item, or none that is on record. */
  get(subject: string): Promise<RecordedItem | undefined>;
  /** Every subject that has an item. Reads both tables. */
  subjects(): Promise<Set<string>>;
}

export function createRecordedItemStore(
  client: DocumentClient,
  { keysTable, subscriptionsTable }: { keysTable: string; subscriptionsTable: string },
): RecordedItemStore {
  const tables = [
    { name: keysTable, key: 'keyId' },
    { name: subscriptionsTable, key: 'subscriptionId' },
  ];

  async function itemIn({ name, key }: { name: string; key: string }, subject: string) {
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: { [key]: subject }, ConsistentRead: true }),
    );
    return isRecorded(Item) ? Item : undefined;
  }

  return {
    async get(subject) {
      const found = await Promise.all(tables.map((table) => itemIn(table, subject)));
      return found.find((item) => item !== undefined);
    },
    async subjects() {
      const subjects = new Set<string>();
      for (const { name, key } of tables) {
        const pages = paginateScan(
          { client },
          { TableName: name, ProjectionExpression: `${key}, revision`, ConsistentRead: true },
        );
        for await (const page of pages) {
          for (const item of page.Items ?? []) {
            // Locks and counters are not on record.
            if (item['revision'] !== undefined) subjects.add(String(item[key]));
          }
        }
      }
      return subjects;
    },
  };
}
