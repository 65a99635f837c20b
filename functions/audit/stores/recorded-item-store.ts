import { GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { alertIdPrefix } from '../../alerts/rules/index.ts';
import type { DocumentClient } from '../../runtime/dynamodb.ts';
import { isRecorded, type RecordedItem } from '../rules/recorded-change.ts';
import { subjectOf } from '../rules/subject.ts';

/** The items that must be on record: what the record's tails are compared with. */
export interface RecordedItemStore {
  /** Strongly consistent; `unrecorded` for an item without a revision, which nothing of the product has written. */
  get(subject: string): Promise<RecordedItem | 'unrecorded' | undefined>;
  /** Every subject that has an item. Reads all of the tables. */
  subjects(): Promise<Set<string>>;
}

export function createRecordedItemStore(
  client: DocumentClient,
  {
    keysTable,
    subscriptionsTable,
    alertsTable,
  }: { keysTable: string; subscriptionsTable: string; alertsTable: string },
): RecordedItemStore {
  const ofKeys = { name: keysTable, key: 'keyId' };
  const ofSubscriptions = { name: subscriptionsTable, key: 'subscriptionId' };
  const ofAlerts = { name: alertsTable, key: 'alertId' };
  const tables = [ofKeys, ofSubscriptions, ofAlerts];

  /** There are many alerts, and no key or subscription has an id like theirs. */
  const tablesOf = (subject: string) =>
    subject.startsWith(alertIdPrefix) ? [ofAlerts] : [ofKeys, ofSubscriptions];

  async function itemIn({ name, key }: { name: string; key: string }, subject: string) {
    const { Item } = await client.send(
      new GetCommand({ TableName: name, Key: { [key]: subject }, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    return isRecorded(Item) ? Item : 'unrecorded';
  }

  return {
    async get(subject) {
      const found = await Promise.all(tablesOf(subject).map((table) => itemIn(table, subject)));
      return found.find((item) => item !== undefined);
    },
    async subjects() {
      const subjects = new Set<string>();
      for (const { name, key } of tables) {
        const pages = paginateScan(
          { client },
          { TableName: name, ProjectionExpression: key, ConsistentRead: true },
        );
        for await (const page of pages) {
          for (const item of page.Items ?? []) {
            const about = subjectOf({ [key]: item[key] });
            if (about !== undefined) subjects.add(about.subject);
          }
        }
      }
      return subjects;
    },
  };
}
