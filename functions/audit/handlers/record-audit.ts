import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { createKmsClient } from '../../runtime/clients.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { auditTableEnvironment, sealEnvironment } from '../contract.ts';
import { createSealer } from '../gateways/seal.ts';
import { recordChange } from '../record-change.ts';
import { removal } from '../rules/recorded-change.ts';
import { type StreamedChange, toRecord } from '../rules/stream-record.ts';
import { createAuditStore } from '../stores/audit-store.ts';

const environment = parseEnvironment(z.object({ ...auditTableEnvironment.shape, ...sealEnvironment.shape }));
const dependencies = {
  audit: createAuditStore(createDocumentClient(), environment.AUDIT_TABLE),
  sealer: createSealer(createKmsClient(), environment.SEAL_KEY_ARN),
};

/**
 * Consumes the streams of tables Keys, Subscriptions and Alerts. Changes of one subject are taken one after the other, those of
 * different subjects at once; from the first one that fails, a subject waits for the next delivery.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const failed = await Promise.all([...bySubject(event.Records).values()].map(recordInOrder));
  return {
    batchItemFailures: failed.flatMap((sequenceNumber) =>
      sequenceNumber === undefined ? [] : [{ itemIdentifier: sequenceNumber }],
    ),
  };
}

/** @returns the stream's sequence number of the first change that could not be recorded */
async function recordInOrder(records: readonly DynamoDBRecord[]): Promise<string | undefined> {
  for (const record of records) {
    const change = understand(record);
    if (change === undefined) continue;
    try {
      await recordChange(change.recorded, change.happenedAt, Date.now(), dependencies);
    } catch (error) {
      const { subject, sequence } = change.recorded;
      // DynamoDB will never take this entry: more of the same would only hold up the others.
      if (error instanceof Error && error.name === 'ValidationException') {
        alarm(subject, 'the change cannot be recorded');
        continue;
      }
      logger.error('not recorded', { eventId: record.eventID, subject, sequence, ...describeError(error) });
      return record.dynamodb?.SequenceNumber;
    }
  }
  return undefined;
}

/**
 * The change to record, or undefined where there is none. What cannot be understood now never will be: it raises the
 * alarm and holds up nobody else's changes, which a retry without end would.
 */
function understand(record: DynamoDBRecord): Extract<StreamedChange, { kind: 'change' }> | undefined {
  try {
    const change = toRecord({
      eventId: record.eventID ?? '',
      happenedAt: (record.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000,
      byTimeToLive: isByTimeToLive(record.userIdentity),
      key: plain(record.dynamodb?.Keys) ?? {},
      before: plain(record.dynamodb?.OldImage),
      after: plain(record.dynamodb?.NewImage),
    });
    if (change === undefined) return undefined;
    if (change.kind === 'change') {
      // Nothing of the product deletes an item: it goes on record, and somebody must hear of it.
      if (change.recorded.action === removal) alarm(change.recorded.subject, 'the item was removed');
      return change;
    }
    alarm(change.subject, change.why);
  } catch (error) {
    logger.error('a change cannot be understood', { eventId: record.eventID, ...describeError(error) });
    count(metricNames.auditConflicts);
  }
  return undefined;
}

/** DynamoDB itself says so, and nobody else can. */
function isByTimeToLive(identity: unknown): boolean {
  const { type, principalId } = (identity ?? {}) as Readonly<Record<string, unknown>>;
  return type === 'Service' && principalId === 'dynamodb.amazonaws.com';
}

/** `verify-audit` names the subject until a proper change follows. */
function alarm(subject: string, why: string): void {
  logger.error('an item was changed past the record', { subject, why });
  count(metricNames.auditConflicts);
}

function bySubject(records: readonly DynamoDBRecord[]): Map<string, DynamoDBRecord[]> {
  return Map.groupBy(records, (record) => JSON.stringify(record.dynamodb?.Keys ?? {}));
}

function plain(image: unknown): Record<string, unknown> | undefined {
  return image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);
}
