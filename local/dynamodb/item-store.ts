import { join } from 'node:path';
import {
  actionOf,
  type BatchOperation,
  type CheckedRequest,
  database,
  type Item,
  type ReadOperation,
  rulesOf,
  type Store,
  validations,
  type WriteOperation,
} from './dynalite.ts';
import type { Parameters } from './parameters.ts';
import { fromDynalite, tableNotFound, throwFault } from './service-errors.ts';
import type { Table } from './table.ts';

/** The items of all tables in one LevelDB, in dynalite's layout. Knows neither locks nor transactions. */
export interface ItemStore {
  /** @throws AwsError ResourceNotFoundException */
  table(name: string): Table;
  /**
   * Checks the parameters of one operation and parses its expressions.
   * @throws AwsError ValidationException or SerializationException
   */
  check(operation: ReadOperation | WriteOperation | 'batchWriteItem', parameters: Parameters): CheckedRequest;
  /** Answers a checked read from one snapshot of the database. */
  read(operation: ReadOperation, request: object): Promise<Record<string, unknown>>;
  /** The items under these references, undefined where there is none. */
  get(references: readonly ItemReference[]): Promise<(Item | undefined)[]>;
  items(table: Table): AsyncIterable<Item>;
  /** A record of this service's own, kept among the items so that a batch can hold both. */
  getRecord<T>(name: string): Promise<T | undefined>;
  /**
   * The records whose name begins with `prefix`, in order of their names.
   * @param range `from`: what follows the prefix in the first name of interest
   */
  records<T>(
    prefix: string,
    range?: { from?: string; reverse?: boolean },
  ): AsyncIterable<[name: string, record: T]>;
  /** Applies all operations or none, whatever happens to the process; what is applied survives `kill -9`. */
  commit(operations: readonly BatchOperation[]): Promise<void>;
  close(): Promise<void>;
}

export interface ItemReference {
  readonly table: Table;
  /** dynalite's form of the primary key, unique in the table. */
  readonly key: string;
}

const recordPrefix = 'latchkey~';

/** Opens (or makes) the database in `<dataDir>/dynamodb`. */
export async function openItemStore(dataDir: string, tables: readonly Table[]): Promise<ItemStore> {
  const path = join(dataDir, 'dynamodb');
  const store = database.create({ path });
  await open(store, path);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const tableOf = (name: string) => {
    const table = byName.get(name);
    if (table === undefined) throw tableNotFound();
    return table;
  };
  // dynalite would read and parse the table's description from the database for each request.
  const readStore: Store = {
    ...store,
    getTable(name, checkStatus, callback = checkStatus) {
      (callback as (error: unknown, schema?: unknown) => void)(null, tableOf(name).schema);
    },
  };
  return {
    table: tableOf,
    check(operation, parameters) {
      const { types, custom } = rulesOf(operation);
      try {
        // The checks write into what they are given: numbers into their canonical form, parsed expressions beside it.
        const request = validations.checkTypes(structuredClone(parameters), types);
        validations.checkValidations(request, types, custom, readStore);
        return request;
      } catch (error) {
        throw fromDynalite(error);
      }
    },
    read: (operation, request) =>
      new Promise((resolve, reject) => {
        actionOf(operation)(readStore, request, (error, result) => {
          if (error === null || error === undefined) resolve(result ?? {});
          else reject(fromDynalite(error));
        });
      }),
    get: async (references) => (await store.db.getMany(references.map(itemKey))) as (Item | undefined)[],
    async *items(table) {
      const prefix = itemKey({ table, key: '' });
      for await (const [, item] of store.db.iterator({ gte: prefix, lt: `${prefix}\xff` }))
        yield item as Item;
    },
    getRecord: async <T>(name: string) => (await store.db.getMany([recordPrefix + name]))[0] as T | undefined,
    async *records<T>(prefix: string, { from = '', reverse = false } = {}) {
      const all = recordPrefix + prefix;
      for await (const [key, record] of store.db.iterator({ gte: all + from, lt: `${all}\xff`, reverse })) {
        yield [key.slice(recordPrefix.length), record as T];
      }
    },
    commit: (operations) => store.db.batch(operations),
    close: () => store.db.close(),
  };
}

/** The reference of an item, from its key alone. @throws AwsError ValidationException */
export function referenceByKey(table: Table, key: Item): ItemReference {
  throwFault(database.validateKey(key, table.schema));
  return { table, key: database.createKey(key, table.schema) };
}

/** The reference of a whole item. @throws AwsError ValidationException */
export function referenceOfItem(table: Table, item: Item): ItemReference {
  throwFault(database.validateItem(item, table.schema));
  return { table, key: database.createKey(item, table.schema) };
}

/** Where dynalite keeps an item; table names have no `~`, so that no two tables share a range. */
export function itemKey({ table, key }: ItemReference): string {
  return `item-${table.name}~${key}`;
}

/** Where dynalite keeps the copy of an item in a global secondary index. */
export function indexKey(table: Table, index: string, key: string): string {
  return `index-global~${table.name}~${index}~${key}`;
}

export function recordKey(name: string): string {
  return recordPrefix + name;
}

async function open(store: Store, path: string): Promise<void> {
  try {
    await store.db.open();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED') {
      throw new Error(`The local data in ${path} is in use by another process.`, { cause: error });
    }
    throw new Error(`The local data in ${path} cannot be opened; \`npm start -- --fresh\` begins anew.`, {
      cause: error,
    });
  }
}
