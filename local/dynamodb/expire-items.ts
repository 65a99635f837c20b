import type { Clock } from '../clock.ts';
import type { Item } from './dynalite.ts';
import { type ItemReference, type ItemStore, referenceOfItem } from './item-store.ts';
import type { Table } from './table.ts';
import type { WritePath } from './write-path.ts';

/**
 * Deletes the items whose time to live has passed on the clock.
 * @returns how many were deleted
 */
export async function expireItems(
  { store, writes, clock }: { store: ItemStore; writes: WritePath; clock: Clock },
  tables: readonly Table[],
): Promise<number> {
  let deleted = 0;
  for (const table of tables) {
    const { ttlAttribute } = table;
    if (ttlAttribute === undefined) continue;
    for (const reference of await expiredIn(store, table, ttlAttribute, clock)) {
      // Between the search and the lock somebody may have given the item more time.
      const wasExpired = await writes.write([reference], ([before]) =>
        before !== undefined && isExpired(before, ttlAttribute, clock)
          ? { changes: [{ ...reference, before, after: undefined, expired: true }], result: true }
          : { changes: [], result: false },
      );
      if (wasExpired) deleted += 1;
    }
  }
  return deleted;
}

async function expiredIn(
  store: ItemStore,
  table: Table,
  attribute: string,
  clock: Clock,
): Promise<ItemReference[]> {
  const found: ItemReference[] = [];
  for await (const item of store.items(table)) {
    if (isExpired(item, attribute, clock)) found.push(referenceOfItem(table, item));
  }
  return found;
}

/**
 * Only a number counts. DynamoDB spares what expired more than five years ago; not so here, where one move of the clock
 * may pass more than that.
 */
function isExpired(item: Item, attribute: string, clock: Clock): boolean {
  const seconds = item[attribute]?.['N'];
  return typeof seconds === 'string' && Number(seconds) * 1000 < clock.now();
}
