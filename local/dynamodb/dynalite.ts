import { createRequire } from 'node:module';

/*
 * The one door to dynalite. Not its HTTP server: its parts are called directly. Over HTTP each write of an item and
 * each of its index entries is a LevelDB write of its own, so that a `kill -9` between them leaves an index that
 * disagrees with its table, and a transaction can only be undone, never be atomic. Inside the process all of that is
 * one LevelDB batch (see `write-path.ts`), and a request costs no second round of HTTP. The price is that these are
 * internals: the version is pinned exactly, and the tests exercise every one used here.
 */

/** An attribute value as it travels: `{ S: 'a' }`, `{ N: '1' }`, `{ B: '<base64>' }`, `{ M: { … } }`, … */
export type WireValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, WireValue>>;
/** Attribute names and list indexes. */
export type Path = readonly (string | number)[];

export interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly Projection: {
    readonly ProjectionType: string;
    readonly NonKeyAttributes?: readonly string[] | undefined;
  };
}

/** The part of a table description that dynalite's functions look at. */
export interface TableSchema {
  readonly TableName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[];
}

/** A node of a parsed condition or update expression: a path, a literal value, or an operation on such nodes. */
export type Operand = Path | WireValue | Operation;
export interface Operation {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly Operand[];
}

export interface UpdateSection {
  readonly type: 'set' | 'add' | 'remove' | 'delete';
  readonly path: Path;
  readonly val?: Operand;
}

interface ParsedPaths {
  readonly nestedPaths?: Readonly<Record<string, boolean>>;
}

/** A request whose types and constraints dynalite has checked and whose expressions it has parsed. */
export interface CheckedRequest {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly Select?: string;
  _condition?: { expression: Operation } & ParsedPaths;
  _filter?: { expression: Operation } & ParsedPaths;
  _updates?: { readonly sections: readonly UpdateSection[]; readonly paths: readonly Path[] } & ParsedPaths;
  _projection?: { readonly paths: readonly Path[] } & ParsedPaths;
}

export type Callback = (error: unknown, value?: Record<string, unknown>) => void;
export type BatchOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  batch(operations: readonly BatchOperation[]): Promise<void>;
  getMany(keys: readonly string[]): Promise<unknown[]>;
  iterator(range: {
    gte: string;
    lt: string;
    reverse?: boolean;
  }): AsyncIterable<[key: string, value: unknown]>;
}

export interface Store {
  readonly options: { readonly maxItemSize: number };
  readonly db: Level;
  getTable(name: string, checkStatus: unknown, callback?: unknown): void;
}

type Fault = Error | null | undefined;

interface Database {
  /** Largest item in bytes. */
  readonly MAX_SIZE: number;
  create(options: { path: string }): Store;
  validateKey(key: Item, table: TableSchema): Fault;
  validateItem(item: Item, table: TableSchema): Fault;
  validateUpdates(legacy: undefined, updates: CheckedRequest['_updates'], table: TableSchema): Fault;
  validateKeyPaths(paths: ParsedPaths['nestedPaths'], table: TableSchema): Fault;
  createKey(item: Item, table: TableSchema): string;
  getIndexActions(
    indexes: readonly IndexDefinition[],
    before: Item | undefined,
    after: Item | undefined,
    table: TableSchema,
  ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
  itemSize(item: Item): number;
  mapPaths(paths: readonly Path[], item: Item): Item;
  addConsumedCapacity(data: CheckedRequest, isRead: boolean, newItem?: Item, oldItem?: Item): unknown;
}

interface Validations {
  checkTypes(data: unknown, types: object): CheckedRequest;
  checkValidations(data: object, types: object, custom: unknown, store: Pick<Store, 'options'>): void;
  validateAttributeValue(value: WireValue): string | undefined;
}

/** Decimal arithmetic as dynalite does it: 38 digits do not fit into a JavaScript number. */
export interface Decimal {
  plus(other: Decimal): Decimal;
  minus(other: Decimal): Decimal;
  cmp(other: Decimal): number;
  toFixed(): string;
}

const load = createRequire(import.meta.url);
const loadFromDynalite = createRequire(load.resolve('dynalite'));

export const database = load('dynalite/db') as Database;
export const validations = load('dynalite/validations') as Validations;
const BigNumber = loadFromDynalite('big.js') as new (digits: string) => Decimal;

export function decimal(digits: string): Decimal {
  return new BigNumber(digits);
}

export type ReadOperation = 'getItem' | 'query' | 'scan' | 'batchGetItem';
export type WriteOperation = 'putItem' | 'updateItem' | 'deleteItem';
type Validated = ReadOperation | WriteOperation | 'batchWriteItem' | 'createTable';

/** dynalite's rules for the parameters of one operation. */
export function rulesOf(operation: Validated): { types: object; custom: unknown } {
  return load(`dynalite/validations/${operation}`) as { types: object; custom: unknown };
}

export function actionOf(operation: ReadOperation): (store: Store, data: object, done: Callback) => void {
  return load(`dynalite/actions/${operation}`) as (store: Store, data: object, done: Callback) => void;
}
