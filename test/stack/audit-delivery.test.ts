import { randomBytes } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chained, genesis } from '../../functions/audit/rules/audit-entry.ts';
import type { RecordedItem } from '../../functions/audit/rules/recorded-change.ts';
import { recordOf, type TestRecord } from './audit-support.ts';
import { functionLog, makeKey, metricSum } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * `record-audit` as a stream may call it: batches twice, twice at once, in any order, with records that never come or
 * cannot be read. The events are made by hand, of an item as the product writes it.
 */

let stack: TestStack;
let record: TestRecord;
let model: RecordedItem;

beforeAll(async () => {
  stack = await startTestStack();
  record = recordOf(stack);
  const { keyId } = await makeKey(stack);
  model = await record.item(keyId);
  await stack.streams.whenIdle(30_000);
});
afterAll(() => stack.close());

let numbers = 0;

/** The items of a new key's first revisions: suspended, resumed, suspended, ... */
function history(revisions: number): RecordedItem[] {
  numbers += 1;
  const keyId = `${String(numbers).padStart(4, 'k')}${randomBytes(4).toString('hex')}`;
  return Array.from({ length: revisions }, (_, index) => ({
    ...model,
    keyId,
    name: `revision ${index + 1}`,
    revision: index + 1,
    change: {
      ...model.change,
      requestId: `request ${index + 1}`,
      at: new Date(stack.clock.now()).toISOString(),
    },
  }));
}

const idOf = (items: readonly RecordedItem[]) => items[0]?.keyId ?? 'nobody';

interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: unknown;
    readonly SequenceNumber: string;
    readonly [image: string]: unknown;
  };
}

let sequenceNumbers = 100;

/** A record of the stream for each item, with the item before as its old image. */
function records(items: readonly RecordedItem[], agedMilliseconds = 0): StreamRecord[] {
  return items.map((item, index) => {
    sequenceNumbers += 1;
    const before = items[index - 1];
    return {
      eventID: `event-${sequenceNumbers}`,
      eventName: before === undefined ? 'INSERT' : 'MODIFY',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor((stack.clock.now() - agedMilliseconds) / 1000),
        Keys: marshall({ keyId: item.keyId }),
        SequenceNumber: String(sequenceNumbers),
        NewImage: marshall(item),
        ...(before === undefined ? {} : { OldImage: marshall(before) }),
      },
    };
  });
}

/** @returns the sequence numbers of the records that are to come again */
async function deliver(batch: readonly StreamRecord[]): Promise<string[]> {
  const { Payload, FunctionError } = await stack.lambda.send(
    new InvokeCommand({
      FunctionName: stack.functions['record-audit'],
      Payload: JSON.stringify({ Records: batch }),
    }),
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) throw new Error(text);
  const { batchItemFailures } = JSON.parse(text) as { batchItemFailures: { itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const numberOf = (entry: StreamRecord | undefined) => entry?.dynamodb.SequenceNumber ?? 'none';
const conflicts = () => metricSum(stack, 'record-audit', 'AuditConflicts');

/** The chain of a subject is whole and says what its items say. */
async function expectRecorded(items: readonly RecordedItem[]): Promise<void> {
  const entries = await record.entries(idOf(items));
  expect(entries.map(({ sequence, requestId }) => [sequence, requestId])).toEqual(
    items.map(({ revision, change }) => [revision, change.requestId]),
  );
  let previous = genesis;
  for (const { seal, ...entry } of entries) {
    expect(seal).toMatch(/^[0-9A-Za-z+/]{43}=$/);
    expect(chained(entry, previous)).toEqual(entry);
    previous = entry.hash;
  }
}

describe('delivered again', () => {
  test('the same batch adds nothing and changes nothing', async () => {
    const [one, other] = [history(4), history(2)];
    const batch = [...records(one), ...records(other)];
    expect(await deliver(batch)).toEqual([]);
    const before = [await record.entries(idOf(one)), await record.entries(idOf(other))];
    const alarms = await conflicts();
    expect(await deliver(batch)).toEqual([]);
    expect(await deliver(batch.slice(2))).toEqual([]);
    expect(await deliver([...batch, ...batch])).toEqual([]);
    expect([await record.entries(idOf(one)), await record.entries(idOf(other))]).toEqual(before);
    await expectRecorded(one);
    await expectRecorded(other);
    expect(await conflicts()).toBe(alarms);
  });

  test('what was recorded, but not acknowledged before the worker died, is finished', async () => {
    const items = history(5);
    const batch = records(items);
    expect(await deliver(batch.slice(0, 3))).toEqual([]);
    expect(await deliver(batch)).toEqual([]);
    await expectRecorded(items);
  });

  test('by two workers at once, each change is recorded once and none is reported as a conflict', async () => {
    const histories = Array.from({ length: 5 }, () => history(4));
    const batches = histories.map((items) => records(items));
    const alarms = await conflicts();
    const outcomes = await Promise.all([...batches, ...batches, batches.flat()].map(deliver));
    // A worker that is overtaken may ask for another delivery, which then finds everything there.
    for (const [index, failed] of outcomes.entries()) {
      if (failed.length > 0) expect(await deliver(batches[index % 5] ?? batches.flat())).toEqual([]);
    }
    for (const items of histories) await expectRecorded(items);
    expect(await conflicts()).toBe(alarms);
  });
});

describe('out of order', () => {
  test('what comes before its predecessor waits, by its own number, and is recorded when that has come', async () => {
    const items = history(3);
    const [first, second, third] = records(items);
    if (first === undefined || second === undefined || third === undefined) throw new Error('no records');
    expect(await deliver([third])).toEqual([numberOf(third)]);
    expect(await deliver([second, third])).toEqual([numberOf(second)]);
    expect(await record.entries(idOf(items))).toEqual([]);
    expect(await deliver([first, third])).toEqual([numberOf(third)]);
    expect(await deliver([third, second, first])).toEqual([numberOf(third)]);
    expect(await deliver([second, third])).toEqual([]);
    await expectRecorded(items);
  });

  test('whatever the order of deliveries, all are on record once each has been asked for again', async () => {
    const items = history(6);
    const batch = records(items);
    let waiting = [5, 2, 4, 0, 3, 1].flatMap((index) => batch[index] ?? []);
    let deliveries = 0;
    for (; waiting.length > 0 && deliveries < 40; deliveries++) {
      const [next, ...rest] = waiting;
      if (next === undefined) break;
      waiting = (await deliver([next])).length > 0 ? [...rest, next] : rest;
    }
    expect(waiting).toEqual([]);
    expect(deliveries).toBeGreaterThan(6);
    await expectRecorded(items);
  });

  test('one subject that waits holds up no other of the batch', async () => {
    const [late, fine] = [history(3), history(2)];
    const batch = [...records(late).slice(1), ...records(fine)];
    expect(await deliver(batch)).toEqual([numberOf(batch[0])]);
    await expectRecorded(fine);
    expect(await record.entries(idOf(late))).toEqual([]);
  });
});

describe('a predecessor that never comes', () => {
  const minutes = 60_000;

  test('is waited for until 15 minutes have passed since the change', async () => {
    const items = history(3);
    const [first, , third] = records(items, 14 * minutes);
    if (first === undefined || third === undefined) throw new Error('no records');
    expect(await deliver([first, third])).toEqual([numberOf(third)]);
    expect((await record.entries(idOf(items))).map(({ sequence }) => sequence)).toEqual([1]);
  });

  test('leaves a gap then, which is an alarm, is told by verify-audit, and ends when it comes at last', async () => {
    const items = history(4);
    const subject = idOf(items);
    const [first, second, third, fourth] = records(items, 15 * minutes + 1_000);
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
      throw new Error('no records');
    }
    const alarms = await conflicts();
    expect(await deliver([first, third, fourth])).toEqual([]);
    expect(await conflicts()).toBe(alarms + 1);
    const lines = await functionLog(stack, 'record-audit');
    const gaps = lines.filter(({ subject: of, level }) => of === subject && level === 'ERROR');
    expect(gaps).toMatchObject([
      { level: 'ERROR', message: 'the record has a gap', sequence: 3, lastOnRecord: 1 },
    ]);
    await record.putItem(subject, { ...items[3] });
    await stack.streams.whenIdle(30_000);
    expect((await record.verify(subject)).broken).toEqual([
      { subject, sequence: 2, why: 'the entry is missing' },
    ]);
    // The entry after the gap stays as it is; what comes late stands beside it, and verification says so.
    expect(await deliver([second])).toEqual([]);
    expect((await record.verify(subject)).broken).toEqual([
      {
        subject,
        sequence: 3,
        why: 'the entry does not follow the one before: one of the two was rewritten',
      },
    ]);
    expect(await deliver([first, second, third, fourth])).toEqual([]);
    // One for the gap, one for the item that was put there by hand at a later revision.
    expect(await conflicts()).toBe(alarms + 2);
  });

  test('at the beginning leaves a record that begins later', async () => {
    const items = history(2);
    expect(await deliver(records(items, 16 * minutes).slice(1))).toEqual([]);
    expect(
      (await record.entries(idOf(items))).map(({ sequence, previousHash }) => [sequence, previousHash]),
    ).toEqual([[2, genesis]]);
  });
});

describe('what contradicts the record', () => {
  const contradictions: readonly [string, (item: RecordedItem) => RecordedItem][] = [
    ['another act', (item) => ({ ...item, change: { ...item.change, action: 'revoke-key' } })],
    [
      'another actor',
      (item) => ({ ...item, change: { ...item.change, actor: { kind: 'system', id: 'x' } } }),
    ],
    ['another content', (item) => ({ ...item, name: 'another' })],
  ];

  test.each(contradictions)(
    '%s under a revision on record is refused with an alarm, and the first one stays',
    async (_what, contradict) => {
      const items = history(2);
      const [first, second] = items;
      if (first === undefined || second === undefined) throw new Error('no items');
      expect(await deliver(records(items))).toEqual([]);
      const alarms = await conflicts();
      // It is not asked for again: no delivery would ever change it.
      expect(await deliver(records([first, contradict(second)]).slice(1))).toEqual([]);
      await expectRecorded(items);
      expect(await conflicts()).toBe(alarms + 1);
      const lines = await functionLog(stack, 'record-audit');
      const told = lines.filter(({ subject, level }) => subject === first.keyId && level === 'ERROR');
      expect(told).toMatchObject([
        { level: 'ERROR', message: 'another change is on record under the same revision', sequence: 2 },
      ]);
    },
  );
});

describe('a record that cannot be read', () => {
  const poisons: readonly [string, (healthy: StreamRecord) => StreamRecord][] = [
    [
      'an attribute of no known type',
      ({ dynamodb, ...rest }) => ({
        ...rest,
        dynamodb: { ...dynamodb, NewImage: { keyId: { X: 'what is this' } } },
      }),
    ],
    [
      'a number that JavaScript cannot hold',
      ({ dynamodb, ...rest }) => ({
        ...rest,
        dynamodb: {
          ...dynamodb,
          NewImage: { ...(dynamodb['NewImage'] as object), extra: { N: '12345678901234567890' } },
        },
      }),
    ],
  ];

  test.each(poisons)(
    'because of %s is an alarm and holds up nobody: only what follows it on the same item waits',
    async (_what, poison) => {
      const [bad, before, after] = [history(2), history(2), history(2)];
      const [healthy, next] = records(bad);
      if (healthy === undefined || next === undefined) throw new Error('no records');
      const alarms = await conflicts();
      // No delivery would ever make it readable.
      expect(await deliver([...records(before), poison(healthy), next, ...records(after)])).toEqual([
        numberOf(next),
      ]);
      expect(await conflicts()).toBe(alarms + 1);
      await expectRecorded(before);
      await expectRecorded(after);
      expect(await record.entries(idOf(bad))).toEqual([]);
      expect(await deliver([healthy, next])).toEqual([]);
      await expectRecorded(bad);
    },
  );

  test('because it does not say what was done is an alarm and holds up nobody', async () => {
    const items = history(2);
    const [first, second] = records([items[0] ?? model, { ...model, ...items[1], change: {} as never }]);
    if (first === undefined || second === undefined) throw new Error('no records');
    const alarms = await conflicts();
    expect(await deliver([first, second])).toEqual([]);
    expect(await conflicts()).toBe(alarms + 1);
    await expectRecorded(items.slice(0, 1));
  });

  test('what it holds is in no log', async () => {
    const logs = await stack.logs();
    const hashes = (model['secrets'] as { hash: string }[]).map(({ hash }) => hash);
    expect(hashes.filter((hash) => logs.includes(hash))).toEqual([]);
    expect(logs.includes(String(model['usageKey']))).toBe(false);
  });
});
