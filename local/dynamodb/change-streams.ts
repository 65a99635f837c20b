import type { Clock } from '../clock.ts';
import type { Change } from './change.ts';
import type { BatchOperation } from './dynalite.ts';
import type { ItemStore } from './item-store.ts';
import { createKeyLocks } from './key-locks.ts';
import { type ChangeStream, dropStream, openStreamLog, type StreamLog } from './stream-log.ts';
import type { Table } from './table.ts';

/** The streams of all tables that have one. */
export interface ChangeStreams {
  byArn(arn: string): ChangeStream | undefined;
  /** See `StreamLog.append`; changes of tables without a stream are passed over. */
  append(changes: readonly Change[]): { operations: BatchOperation[]; settle(): void };
  /** Forgets the records whose 24 hours are over. @returns how many those were */
  trim(): Promise<number>;
}

export async function openChangeStreams(
  store: ItemStore,
  tables: readonly Table[],
  clock: Clock,
): Promise<ChangeStreams> {
  const logs = new Map<string, StreamLog>(); // by table name
  for (const table of tables) {
    if (table.stream === undefined) await dropStream(store, table);
    else logs.set(table.name, await openStreamLog(store, table, table.stream, clock));
  }
  const byArn = new Map([...logs.values()].map((log) => [log.arn, log]));
  const turns = createKeyLocks();
  return {
    byArn: (arn) => byArn.get(arn),
    append(changes) {
      if (logs.size === 0 || changes.length === 0) return { operations: [], settle() {} };
      const appended = [...Map.groupBy(changes, ({ table }) => logs.get(table.name))].flatMap(([log, own]) =>
        log === undefined ? [] : [log.append(own)],
      );
      return {
        operations: appended.flatMap(({ operations }) => operations),
        settle() {
          for (const { settle } of appended) settle();
        },
      };
    },
    trim: () =>
      turns.hold(['trim'], async () => {
        let count = 0;
        for (const log of logs.values()) count += await log.trim();
        return count;
      }),
  };
}
