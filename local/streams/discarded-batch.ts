import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { sequenceNumber } from './lambda-record.ts';
import type { Mapping } from './read-mappings.ts';

/**
 * What Lambda would send to the `OnFailure` destination about records that it gives up: metadata, never the records.
 * @param now milliseconds since the epoch, on the clock
 */
export function discardedBatch(
  { streamArn, functionArn }: Mapping,
  records: readonly StreamRecord[],
  condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded',
  invocations: number,
  now: number,
): Record<string, unknown> {
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: { functionArn, condition, approximateInvokeCount: invocations },
    version: '1.0',
    timestamp: iso(now),
    DDBStreamBatchInfo: {
      startSequenceNumber: first && sequenceNumber(first),
      endSequenceNumber: last && sequenceNumber(last),
      approximateArrivalOfFirstRecord: first && iso(first.createdAt),
      approximateArrivalOfLastRecord: last && iso(last.createdAt),
      batchSize: records.length,
      streamArn,
    },
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
