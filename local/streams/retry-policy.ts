import { isOutlived } from '../dynamodb/stream-log.ts';
import type { StreamRecord } from '../dynamodb/stream-record.ts';

/** What a mapping does about failures; Infinity where only the records' expiry sets an end. */
export interface RetryPolicy {
  readonly bisects: boolean;
  readonly maximumRetries: number;
  readonly maximumAgeMilliseconds: number;
}

/** Records that are to be handed over together. */
export interface Attempt {
  readonly records: readonly StreamRecord[];
  /** How often the function failed on them, as far as that counts as a retry. */
  readonly failures: number;
  /** How often in a row they got no further; decides how long the next attempt waits. */
  readonly setbacks: number;
}

export type Outcome =
  | { readonly kind: 'succeeded' }
  /** The function ran and failed; the records before the one at `from` are done. */
  | { readonly kind: 'failed'; readonly from: number; readonly reason: string }
  /** The function never saw the records: throttled, or the runner is stopping. Not the function's failure. */
  | { readonly kind: 'unreached'; readonly reason: string };

export interface Verdict {
  /** To be tried next, in this order. */
  readonly next: readonly Attempt[];
  readonly givenUp: readonly StreamRecord[];
}

/**
 * What follows from an attempt. Records before those in `next` are done with, delivered or given up. As in Lambda a
 * split is no retry, so that a batch is split down to the one record that fails before the retries are counted.
 */
export function judge(
  { records, failures, setbacks }: Attempt,
  outcome: Outcome,
  policy: RetryPolicy,
): Verdict {
  if (outcome.kind === 'succeeded') return { next: [], givenUp: [] };
  if (outcome.kind === 'unreached') {
    return { next: [{ records, failures, setbacks: setbacks + 1 }], givenUp: [] };
  }
  const { from } = outcome;
  const left = records.slice(from);
  if (policy.bisects && from > 0) return { next: [{ records: left, failures, setbacks: 0 }], givenUp: [] };
  if (policy.bisects && left.length > 1) {
    const middle = Math.ceil(left.length / 2);
    const halves = [left.slice(0, middle), left.slice(middle)];
    return { next: halves.map((half) => ({ records: half, failures, setbacks: 0 })), givenUp: [] };
  }
  if (failures >= policy.maximumRetries) return { next: [], givenUp: left };
  return {
    next: [{ records: left, failures: failures + 1, setbacks: from > 0 ? 0 : setbacks + 1 }],
    givenUp: [],
  };
}

/**
 * How many of the records, oldest first, are too old to be tried again. Only asked after a first attempt: one move of
 * the clock passes a whole day, and what nobody had the time to look at must not be lost in it.
 */
export function countTooOld(records: readonly StreamRecord[], policy: RetryPolicy, now: number): number {
  const index = records.findIndex(
    (record) => now - record.createdAt <= policy.maximumAgeMilliseconds && !isOutlived(record, now),
  );
  return index === -1 ? records.length : index;
}

/** Milliseconds of real time before an attempt. */
export function pauseBefore({ setbacks }: Attempt): number {
  return setbacks === 0 ? 0 : Math.min(50 * 2 ** (setbacks - 1), 5_000);
}
