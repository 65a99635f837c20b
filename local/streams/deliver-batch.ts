import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { discardedBatch } from './discarded-batch.ts';
import { sequenceNumber } from './lambda-record.ts';
import type { Mapping } from './read-mappings.ts';
import { type Attempt, countTooOld, judge, type Outcome, pauseBefore } from './retry-policy.ts';

export interface Delivery {
  readonly mapping: Mapping;
  now(): number;
  isStopped(): boolean;
  invoke(records: readonly StreamRecord[]): Promise<Outcome>;
  /** Everything up to this record is done with and need not be handed over again. */
  checkpoint(sequence: number): void;
  /** Waits before the next attempt. */
  pause(milliseconds: number, reason: string): Promise<void>;
  log(line: string): void;
}

/**
 * Hands over a batch, in parts where it has to, until each record is delivered or given up.
 * @returns false when it was stopped before that
 */
export async function deliverBatch(delivery: Delivery, records: readonly StreamRecord[]): Promise<boolean> {
  const { mapping, log } = delivery;
  let todo: readonly Attempt[] = [{ records, failures: 0, setbacks: 0 }];
  for (let invocations = 0; ; ) {
    const attempt = invocations === 0 ? todo[0] : withoutTooOld(delivery, todo[0], invocations);
    if (attempt === undefined) return true;
    const rest = todo.slice(1);
    if (attempt.records.length === 0) {
      todo = rest;
      if (rest.length === 0) return true;
      continue;
    }
    if (delivery.isStopped()) return false;
    const outcome = await delivery.invoke(attempt.records);
    invocations += 1;
    const { next, givenUp } = judge(attempt, outcome, mapping.retries);
    if (givenUp.length > 0) {
      log(`gives up: ${line(delivery, givenUp, 'RetryAttemptsExhausted', invocations)}`);
    }
    const done = attempt.records.length - next.reduce((sum, part) => sum + part.records.length, 0);
    const lastDone = attempt.records[done - 1];
    if (lastDone !== undefined) delivery.checkpoint(lastDone.sequence);
    todo = [...next, ...rest];
    if (outcome.kind !== 'succeeded' && next[0] !== undefined) {
      await pause(delivery, next[0], `${outcome.kind}: ${outcome.reason}`);
    }
  }
}

/** The attempt without the records whose time is over; those are given up. */
function withoutTooOld(
  delivery: Delivery,
  attempt: Attempt | undefined,
  invocations: number,
): Attempt | undefined {
  if (attempt === undefined) return undefined;
  const count = countTooOld(attempt.records, delivery.mapping.retries, delivery.now());
  const old = attempt.records.slice(0, count);
  const last = old.at(-1);
  if (last === undefined) return attempt;
  delivery.log(`gives up: ${line(delivery, old, 'RecordAgeExceeded', invocations)}`);
  delivery.checkpoint(last.sequence);
  return { ...attempt, records: attempt.records.slice(count) };
}

async function pause(delivery: Delivery, next: Attempt, reason: string): Promise<void> {
  const milliseconds = pauseBefore(next);
  const [first] = next.records;
  const from = first === undefined ? '' : ` from ${sequenceNumber(first)}`;
  delivery.log(`${reason}; ${next.records.length} record(s)${from} again in ${milliseconds} ms`);
  if (milliseconds > 0 && !delivery.isStopped()) await delivery.pause(milliseconds, reason);
}

function line(
  { mapping, now }: Delivery,
  records: readonly StreamRecord[],
  condition: Parameters<typeof discardedBatch>[2],
  invocations: number,
): string {
  return JSON.stringify(discardedBatch(mapping, records, condition, invocations, now()));
}
