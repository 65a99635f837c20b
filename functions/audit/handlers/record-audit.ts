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
import type { Recorded } from '../rules/audit-entry.ts';
import { toRecord } from '../rules/stream-record.ts';
import { createAuditStore } from '../stores/audit-store.ts';

const environment = parseEnvironment(z.object({ ...auditTableEnvironment.shape, ...sealEnvironment.shape }));
const dependencies = {
  audit: createAuditStore(createDocumentClient(), environment.AUDIT_TABLE),
  sealer: createSealer(createKmsClient(), environment.SEAL_KEY_ARN),
};

/**
 * Consumes the streams of tables Keys and Subscriptions. Changes of one subject are taken one after the other, those of
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
    const sequenceNumber = record.dynamodb?.SequenceNumber;
    try {
      const change = toRecord(record, imageOf(record, 'OldImage'), imageOf(record, 'NewImage'));
      if (change?.kind === 'past-the-record') reportUnrecorded(change.recorded);
      else if (change !== undefined) {
        await recordChange(change.recorded, change.happenedAt, Date.now(), dependencies);
      }
    } catch (error) {
      logger.error('not recorded', { eventId: record.eventID, sequenceNumber, ...describeError(error) });
      return sequenceNumber;
    }
  }
  return undefined;
}

/** `verify-audit` names the subject until a proper change follows. */
function reportUnrecorded({ subject, sequence }: Recorded): void {
  logger.error('an item was changed past the record', { subject, sequence });
  count(metricNames.auditConflicts);
}

function bySubject(records: readonly DynamoDBRecord[]): Map<string, DynamoDBRecord[]> {
  return Map.groupBy(records, (record) => JSON.stringify(record.dynamodb?.Keys ?? {}));
}

function imageOf(
  record: DynamoDBRecord,
  which: 'OldImage' | 'NewImage',
): Record<string, unknown> | undefined {
  const image = record.dynamodb?.[which];
  return image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);
}
