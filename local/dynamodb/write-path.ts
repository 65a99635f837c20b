import type { Change } from './change.ts';
import type { ChangeStreams } from './change-streams.ts';
import { type BatchOperation, database, type Item } from './dynalite.ts';
import { type ItemReference, type ItemStore, indexKey, itemKey } from './item-store.ts';
import type { KeyLocks } from './key-locks.ts';

/** What a request decided to write, and what it answers. */
export interface Decision<T> {
  readonly changes: readonly Change[];
  /** Further records that must be kept exactly if the changes are. */
  readonly records?: readonly BatchOperation[];
  readonly result: T;
}

/** Moments of a write, in order, at which a test may end the process. */
export type WriteStep = 'locked' | 'decided' | 'committed';

export interface WritePath {
  /**
   * The one way in which items change: lock the items, read them, decide (a pure step, which may throw to leave
   * everything as it was), commit.
   * @param alsoLock names of other things that must not be decided upon twice at once
   */
  write<T>(
    references: readonly ItemReference[],
    decide: (before: readonly (Item | undefined)[]) => Decision<T> | Promise<Decision<T>>,
    alsoLock?: readonly string[],
  ): Promise<T>;
  /** Runs `work` while nothing can write these items. */
  hold<T>(references: readonly ItemReference[], work: () => Promise<T>): Promise<T>;
}

/*
 * Why there is no undo log: LevelDB writes a batch as one record of its own write-ahead log, before anything else, and
 * recovery drops a record that is cut off. That record is the durable intent. All items of a transaction, their index
 * entries, their stream records and the record of its token are one batch, so that after `kill -9` at any point there is
 * nothing half done to settle, and no change is ever without its stream record or the reverse.
 */
export function createWritePath(
  store: ItemStore,
  locks: KeyLocks,
  streams: ChangeStreams,
  onStep: (step: WriteStep) => void,
): WritePath {
  return {
    write: (references, decide, alsoLock = []) =>
      locks.hold([...references.map(itemKey), ...alsoLock], async () => {
        onStep('locked');
        const { changes, records = [], result } = await decide(await store.get(references));
        onStep('decided');
        const written = changes.flatMap(operationsOf);
        // Whoever appends must settle: readers of the stream wait for it.
        const recorded = streams.append(changes);
        const operations = [...written, ...recorded.operations, ...records];
        try {
          if (operations.length > 0) await store.commit(operations);
          onStep('committed');
        } finally {
          recorded.settle();
        }
        return result;
      }),
    hold: (references, work) => locks.hold(references.map(itemKey), work),
  };
}

/** What one change writes into its table: the item and its index entries. */
function operationsOf({ table, key, before, after }: Change): BatchOperation[] {
  const itemAt = itemKey({ table, key });
  if (after === undefined && before === undefined) return [];
  const { puts, deletes } = database.getIndexActions(
    table.schema.GlobalSecondaryIndexes ?? [],
    before,
    after,
    table.schema,
  );
  return [
    ...deletes.map((gone) => ({ type: 'del', key: indexKey(table, gone.index, gone.key) }) as const),
    ...puts.map(
      (put) => ({ type: 'put', key: indexKey(table, put.index, put.key), value: put.item }) as const,
    ),
    after === undefined ? { type: 'del', key: itemAt } : { type: 'put', key: itemAt, value: after },
  ];
}
