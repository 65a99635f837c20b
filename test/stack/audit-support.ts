import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditEntry } from '../../functions/audit/rules/audit-entry.ts';
import type { RecordedItem } from '../../functions/audit/rules/recorded-change.ts';
import type { TestStack } from './test-stack.ts';

/** What the tests of the record share: the record as DynamoDB holds it, and the functions that tell of it. */

export interface Verification {
  readonly ok: boolean;
  readonly subjects: number;
  readonly entries: number;
  readonly broken: readonly { subject: string; sequence: number; why: string }[];
}

export interface AuditPage {
  readonly entries: readonly Omit<AuditEntry, 'dayOrder'>[];
  readonly cursor?: string;
}

/** The record's functions, and its tables as an administrator may write them. */
export function recordOf(stack: TestStack) {
  const Audit = { TableName: stack.tables['Audit'] };
  const tableOf = (subject: string) =>
    /^(sub_|platform$)/.test(subject)
      ? { TableName: stack.tables['Subscriptions'], Key: { subscriptionId: subject } }
      : { TableName: stack.tables['Keys'], Key: { keyId: subject } };
  return {
    verify: (subject?: string) =>
      stack.manage<Verification>('verify-audit', subject === undefined ? {} : { subject }),
    query: (payload: Record<string, unknown>) => stack.manage<AuditPage>('query-audit', payload),
    /** In order of sequence. */
    async entries(subject: string): Promise<AuditEntry[]> {
      const { Items = [] } = await stack.dynamodb.send(
        new QueryCommand({
          ...Audit,
          KeyConditionExpression: 'subject = :subject',
          ExpressionAttributeValues: { ':subject': subject },
          ConsistentRead: true,
        }),
      );
      return Items as AuditEntry[];
    },
    async put(entry: Record<string, unknown>): Promise<void> {
      await stack.dynamodb.send(new PutCommand({ ...Audit, Item: entry }));
    },
    async remove(subject: string, ...sequences: number[]): Promise<void> {
      for (const sequence of sequences) {
        await stack.dynamodb.send(new DeleteCommand({ ...Audit, Key: { subject, sequence } }));
      }
    },
    async item(subject: string): Promise<RecordedItem> {
      const { Item } = await stack.dynamodb.send(
        new GetCommand({ ...tableOf(subject), ConsistentRead: true }),
      );
      if (Item === undefined) throw new Error(`no item ${subject}`);
      return Item as RecordedItem;
    },
    async putItem(subject: string, item: Record<string, unknown>): Promise<void> {
      const { TableName } = tableOf(subject);
      await stack.dynamodb.send(new PutCommand({ TableName, Item: item }));
    },
    async removeItem(subject: string): Promise<void> {
      await stack.dynamodb.send(new DeleteCommand(tableOf(subject)));
    },
  };
}

export type TestRecord = ReturnType<typeof recordOf>;
