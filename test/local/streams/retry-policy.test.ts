import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../../local/dynamodb/stream-record.ts';
import { readBatchResponse } from '../../../local/streams/batch-response.ts';
import {
  type Attempt,
  countTooOld,
  judge,
  type Outcome,
  pauseBefore,
  type RetryPolicy,
} from '../../../local/streams/retry-policy.ts';
import { DAY, HOUR } from './support.ts';

const endless: RetryPolicy = {
  bisects: false,
  maximumRetries: Number.POSITIVE_INFINITY,
  maximumAgeMilliseconds: Number.POSITIVE_INFINITY,
};

function record(sequence: number, createdAt = 0): StreamRecord {
  const viewType = 'KEYS_ONLY';
  return { sequence, createdAt, eventId: '', eventName: 'INSERT', keys: {}, sizeBytes: 0, viewType };
}
const recordsUpTo = (count: number) => Array.from({ length: count }, (_, index) => record(index + 1));
const attempt = (count: number, failures = 0): Attempt => ({
  records: recordsUpTo(count),
  failures,
  setbacks: failures,
});
const sequences = (records: readonly StreamRecord[]) => records.map(({ sequence }) => sequence);
const failed = (from = 0): Outcome => ({ kind: 'failed', from, reason: 'TypeError' });

describe('after a failure', () => {
  test('the whole batch is tried again, more slowly each time, up to every 5 seconds', () => {
    let current = attempt(3);
    const pauses: number[] = [];
    for (let round = 0; round < 10; round++) {
      const { next, givenUp } = judge(current, failed(), endless);
      expect(givenUp).toEqual([]);
      expect(next).toHaveLength(1);
      current = next[0] ?? current;
      expect(sequences(current.records)).toEqual([1, 2, 3]);
      pauses.push(pauseBefore(current));
    }
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  test('the batch is given up after the retries that are allowed, and not before', () => {
    const policy = { ...endless, maximumRetries: 2 };
    expect(judge(attempt(2, 1), failed(), policy).givenUp).toEqual([]);
    expect(sequences(judge(attempt(2, 2), failed(), policy).givenUp)).toEqual([1, 2]);
    expect(judge(attempt(2, 2), failed(), policy).next).toEqual([]);
  });

  test('a batch that can be split is split, which is no retry', () => {
    const { next } = judge(attempt(5), failed(), { ...endless, bisects: true, maximumRetries: 0 });
    expect(next.map(({ records }) => sequences(records))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(next.map(pauseBefore)).toEqual([0, 0]);
  });

  test('records before the first one that is reported are done with', () => {
    const { next } = judge(attempt(5), failed(3), endless);
    expect(next.map(({ records }) => sequences(records))).toEqual([[4, 5]]);
  });

  test('a function that was never reached uses up no retry', () => {
    const unreached: Outcome = { kind: 'unreached', reason: 'Rate Exceeded.' };
    const { next, givenUp } = judge(attempt(2), unreached, { ...endless, bisects: true, maximumRetries: 0 });
    expect(givenUp).toEqual([]);
    expect(next).toEqual([{ ...attempt(2), setbacks: 1 }]);
  });
});

test('whatever fails, each record is delivered once or given up, in order, and only the poisoned is given up', () => {
  const flags = fc.record({
    count: fc.integer({ min: 1, max: 20 }),
    poisoned: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
    maximumRetries: fc.integer({ min: 0, max: 3 }),
    reports: fc.boolean(),
  });
  fc.assert(
    fc.property(flags, ({ count, poisoned, maximumRetries, reports }) => {
      const delivered: number[] = [];
      const givenUp: number[] = [];
      let todo: readonly Attempt[] = [attempt(count)];
      for (let rounds = 0; todo[0] !== undefined; rounds++) {
        expect(rounds).toBeLessThan(1000);
        const [current, ...rest] = todo;
        const first = current.records.findIndex(({ sequence }) => poisoned.includes(sequence));
        const outcome: Outcome = first === -1 ? { kind: 'succeeded' } : failed(reports ? first : 0);
        const verdict = judge(current, outcome, { ...endless, bisects: true, maximumRetries });
        const left = [...verdict.givenUp, ...verdict.next.flatMap(({ records }) => records)];
        delivered.push(...sequences(current.records.filter((one) => !left.includes(one))));
        givenUp.push(...sequences(verdict.givenUp));
        todo = [...verdict.next, ...rest];
      }
      const all = sequences(recordsUpTo(count));
      expect(delivered).toEqual(all.filter((sequence) => !poisoned.includes(sequence)));
      expect(givenUp).toEqual(all.filter((sequence) => poisoned.includes(sequence)));
    }),
  );
});

test.each([
  ['none is', 23 * HOUR, Number.POSITIVE_INFINITY, 0],
  ['those over 24 hours are', 25 * HOUR, Number.POSITIVE_INFINITY, 2],
  ['those over the maximum age are', 2 * HOUR, HOUR, 2],
  ['all are', 2 * DAY + 2 * HOUR, HOUR, 3],
])('too old: %s', (_, now, maximumAgeMilliseconds, count) => {
  const records = [record(1, 0), record(2, 10), record(3, 2 * DAY)];
  expect(countTooOld(records, { ...endless, maximumAgeMilliseconds }, now)).toBe(count);
});

describe('the answer of a function that reports item failures', () => {
  const records = recordsUpTo(3);
  const number = (sequence: number) => `1${String(sequence).padStart(20, '0')}`;
  const items = (...identifiers: unknown[]) => ({
    batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
  });

  test.each([[null], [undefined], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    'is success: %j',
    (answer) => {
      expect(readBatchResponse(answer, records)).toEqual({ kind: 'succeeded' });
    },
  );

  test('goes on from the lowest number in it, in whatever order they come', () => {
    expect(readBatchResponse(items(number(3), number(2)), records)).toMatchObject({
      kind: 'failed',
      from: 1,
    });
  });

  test.each([
    ['done'],
    [[]],
    [{ failures: [] }],
    [{ batchItemFailures: 'x' }],
    [items('')],
    [items(null)],
    [items(number(4))],
    [{ batchItemFailures: [{ id: number(2) }] }],
    [items(number(2), 'unknown')],
  ])('fails the whole batch when it is malformed: %j', (answer) => {
    expect(readBatchResponse(answer, records)).toMatchObject({ kind: 'failed', from: 0 });
  });
});
