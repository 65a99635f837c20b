import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { sequenceNumber } from './lambda-record.ts';
import type { Outcome } from './retry-policy.ts';

/**
 * Reads what a function with `ReportBatchItemFailures` answered. Nothing, or no list, or an empty one: all is well. Else
 * the lowest number in it is where to go on from. An answer that names no record of the batch fails the whole batch, so
 * that a misspelt member loses nothing.
 */
export function readBatchResponse(answer: unknown, records: readonly StreamRecord[]): Outcome {
  if (answer === null || answer === undefined) return { kind: 'succeeded' };
  if (typeof answer !== 'object' || Array.isArray(answer)) return malformed('is no object');
  if (Object.keys(answer).length === 0) return { kind: 'succeeded' };
  if (!('batchItemFailures' in answer)) return malformed('has no batchItemFailures');
  const failures = answer.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return malformed('has batchItemFailures that are no list');
  if (failures.length === 0) return { kind: 'succeeded' };
  const numbers = records.map(sequenceNumber);
  const positions = failures.map((failure) => numbers.indexOf(identifierOf(failure)));
  if (positions.includes(-1)) return malformed('has an itemIdentifier that is none of the batch’s');
  return { kind: 'failed', from: Math.min(...positions), reason: `${failures.length} reported as failed` };
}

function identifierOf(failure: unknown): string {
  const isItem = typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure;
  return isItem && typeof failure.itemIdentifier === 'string' ? failure.itemIdentifier : '';
}

function malformed(what: string): Outcome {
  return { kind: 'failed', from: 0, reason: `the answer ${what}` };
}
