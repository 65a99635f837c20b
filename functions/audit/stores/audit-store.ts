import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, paginateQuery, paginateScan, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient } from '../../runtime/dynamodb.ts';
import { byDayIndex } from '../contract.ts';
import type { AuditEntry } from '../rules/audit-entry.ts';

/** Table Audit: appended to and read, never updated, never deleted from. */
export interface AuditStore {
  /** Strongly consistent. */
  get(subject: string, sequence: number): Promise<AuditEntry | undefined>;
  /** The newest entry before a sequence. Strongly consistent. */
  before(subject: string, sequence: number): Promise<AuditEntry | undefined>;
  /** @returns false, with nothing written, where there is an entry of that subject and sequence */
  append(entry: AuditEntry): Promise<boolean>;
  /** All entries of a subject in order of sequence. Strongly consistent. */
  chain(subject: string): Promise<AuditEntry[]>;
  /** Every subject that has an entry. Reads the whole table. */
  subjects(): Promise<Set<string>>;
  /** One page, newest first. */
  ofSubject(subject: string, page: Page): Promise<Found>;
  /** One page of a day, newest first. @param day `2026-11-23` */
  ofDay(day: string, page: Page): Promise<Found>;
}

export interface Page {
  /** Bounds of `at`, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** Where a page ended: a key of the table or of the index. */
export type Position = Readonly<Record<string, string | number>>;

export interface Found {
  readonly entries: AuditEntry[];
  readonly next?: Position;
}

export function createAuditStore(client: DocumentClient, tableName: string): AuditStore {
  const table = { TableName: tableName };
  return {
    async get(subject, sequence) {
      const { Item } = await client.send(
        new GetCommand({ ...table, Key: { subject, sequence }, ConsistentRead: true }),
      );
      return Item as AuditEntry | undefined;
    },
    async before(subject, sequence) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          ...table,
          KeyConditionExpression: 'subject = :subject AND #sequence < :sequence',
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ':subject': subject, ':sequence': sequence },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      return Items[0] as AuditEntry | undefined;
    },
    async append(entry) {
      try {
        await client.send(
          new PutCommand({ ...table, Item: entry, ConditionExpression: 'attribute_not_exists(subject)' }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async chain(subject) {
      const pages = paginateQuery(
        { client },
        {
          ...table,
          KeyConditionExpression: 'subject = :subject',
          ExpressionAttributeValues: { ':subject': subject },
          ConsistentRead: true,
        },
      );
      return (await Array.fromAsync(pages)).flatMap((page) => (page.Items ?? []) as AuditEntry[]);
    },
    async subjects() {
      const pages = paginateScan(
        { client },
        { ...table, ProjectionExpression: 'subject', ConsistentRead: true },
      );
      const found = new Set<string>();
      for await (const page of pages) for (const item of page.Items ?? []) found.add(String(item['subject']));
      return found;
    },
    ofSubject: (subject, { from, to, ...page }) =>
      query(page, {
        KeyConditionExpression: 'subject = :subject',
        ExpressionAttributeValues: { ':subject': subject },
        ...within(from, to, { ':subject': subject }),
      }),
    async ofDay(day, { from = day, to = `${day}~`, ...page }) {
      // `~` sorts behind the `#` that follows a time, so that the last moment is included.
      const last = `${to}~`;
      // DynamoDB refuses an interval that is none.
      if (from > last) return { entries: [] };
      return query(page, {
        IndexName: byDayIndex,
        KeyConditionExpression: '#day = :day AND dayOrder BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': day, ':from': from, ':to': last },
      });
    },
  };

  async function query({ limit, after }: Pick<Page, 'limit' | 'after'>, parameters: object): Promise<Found> {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        ...table,
        ...parameters,
        ScanIndexForward: false,
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { ...after } }),
      }),
    );
    return {
      entries: Items as AuditEntry[],
      ...(LastEvaluatedKey === undefined ? {} : { next: LastEvaluatedKey as Position }),
    };
  }
}

/** A filter on `at`: an entry's time rises with its sequence, but the sort key is the sequence. */
function within(from: string | undefined, to: string | undefined, values: Record<string, unknown>): object {
  const conditions = [
    from === undefined ? [] : ['#at >= :from'],
    to === undefined ? [] : ['#at <= :to'],
  ].flat();
  if (conditions.length === 0) return {};
  return {
    FilterExpression: conditions.join(' AND '),
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: {
      ...values,
      ...(from === undefined ? {} : { ':from': from }),
      ...(to === undefined ? {} : { ':to': to }),
    },
  };
}
