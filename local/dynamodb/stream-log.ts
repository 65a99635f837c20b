import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Change } from './change.ts';
import type { BatchOperation } from './dynalite.ts';
import { type ItemStore, recordKey } from './item-store.ts';
import { isRecorded, type StreamRecord, streamRecord } from './stream-record.ts';
import type { StreamViewType, Table } from './table.ts';

/** A table's stream as its consumers see it. */
export interface ChangeStream {
  readonly arn: string;
  readonly table: Table;
  /** Sequence up to which the stream is settled: no record that is still to come lies at or before it. */
  last(): number;
  /** The settled records after a position, oldest first. */
  after(position: number): AsyncIterable<StreamRecord>;
  /** Told, without being waited for, whenever `last` may have risen. */
  onRecord(listener: () => void): void;
  /** Keeps records after a consumer's position from being trimmed: it gives up the old ones itself. */
  retain(position: () => number): void;
}

export interface StreamLog extends ChangeStream {
  /**
   * What to commit together with the changes, and `settle`, to be called once that commit has succeeded or failed.
   * The changed items must be locked, so that sequences rise in the order of an item's changes.
   */
  append(changes: readonly Change[]): { operations: BatchOperation[]; settle(): void };
  /** Forgets the records whose 24 hours are over. One call at a time. @returns how many those were */
  trim(): Promise<number>;
}

const lifetimeMilliseconds = 24 * 3_600_000;
const trimmedAtOnce = 1000;

export const isOutlived = (record: StreamRecord, now: number) =>
  now - record.createdAt >= lifetimeMilliseconds;

/** Opens the stream of a table where the process before left it. */
export async function openStreamLog(
  store: ItemStore,
  table: Table,
  { arn, viewType }: { arn: string; viewType: StreamViewType },
  clock: Clock,
): Promise<StreamLog> {
  let allocated = await lastSequence(store, table);
  // Batches of different items may be committed in another order than their sequences were given out. A reader who
  // saw the later one first would never come back for the earlier, so it reads only up to the first one under way.
  const underway = new Set<number>();
  const listeners: (() => void)[] = [];
  const retained: (() => number)[] = [];

  function last(): number {
    const [first] = underway; // a set keeps the order of insertion, which is that of the sequences
    return first === undefined ? allocated : first - 1;
  }

  async function* after(position: number): AsyncIterable<StreamRecord> {
    const settled = last();
    if (position >= settled) return;
    const from = sequenceName(position + 1);
    for await (const [, record] of store.records<StreamRecord>(recordsOf(table), { from })) {
      if (record.sequence > settled) return;
      yield record;
    }
  }

  return {
    arn,
    table,
    last,
    after,
    onRecord: (listener) => void listeners.push(listener),
    retain: (position) => void retained.push(position),
    append(changes) {
      const createdAt = clock.now();
      const records = changes.filter(isRecorded).map((change) => {
        allocated += 1;
        const eventId = randomUUID().replaceAll('-', '');
        return streamRecord(change, viewType, { sequence: allocated, eventId, createdAt });
      });
      for (const { sequence } of records) underway.add(sequence);
      return {
        operations: records.map((value) => ({ type: 'put', key: keyOf(table, value), value }) as const),
        settle() {
          for (const { sequence } of records) underway.delete(sequence);
          if (records.length > 0) for (const listener of listeners) listener();
        },
      };
    },
    async trim() {
      const limit = Math.min(last(), ...retained.map((position) => position()));
      const isOver = (record: StreamRecord) => record.sequence <= limit && isOutlived(record, clock.now());
      return forget(store, table, isOver);
    },
  };
}

/** Forgets what a table's stream held when the template had one for it. */
export async function dropStream(store: ItemStore, table: Table): Promise<void> {
  await forget(store, table, () => true);
}

/** Deletes the oldest records as long as they are over. */
async function forget(
  store: ItemStore,
  table: Table,
  isOver: (record: StreamRecord) => boolean,
): Promise<number> {
  let count = 0;
  let batch: StreamRecord[] = [];
  const flush = async () => {
    const newest = batch.at(-1)?.sequence;
    if (newest === undefined) return;
    // Sequences must never begin anew, or what comes next would look like what a consumer already has.
    const head = { type: 'put', key: recordKey(headOf(table)), value: newest } as const;
    const gone = batch.map((record) => ({ type: 'del', key: keyOf(table, record) }) as const);
    await store.commit([head, ...gone]);
    count += batch.length;
    batch = [];
  };
  for await (const [, record] of store.records<StreamRecord>(recordsOf(table))) {
    if (!isOver(record)) break;
    batch.push(record);
    if (batch.length === trimmedAtOnce) await flush();
  }
  await flush();
  return count;
}

async function lastSequence(store: ItemStore, table: Table): Promise<number> {
  const trimmed = (await store.getRecord<number>(headOf(table))) ?? 0;
  for await (const [, { sequence }] of store.records<StreamRecord>(recordsOf(table), { reverse: true })) {
    return Math.max(sequence, trimmed);
  }
  return trimmed;
}

const recordsOf = (table: Table) => `stream~${table.name}~`;
const headOf = (table: Table) => `stream-head~${table.name}`;
const keyOf = (table: Table, { sequence }: StreamRecord) =>
  recordKey(recordsOf(table) + sequenceName(sequence));
/** Fixed width, so that LevelDB's order is that of the numbers. */
const sequenceName = (sequence: number) => String(sequence).padStart(16, '0');
