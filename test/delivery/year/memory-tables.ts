import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentClient, Write } from '../../../functions/runtime/dynamodb.ts';

export type Item = Readonly<Record<string, unknown>>;
type Put = NonNullable<Write['item']['Put']>;
type Values = Readonly<Record<string, unknown>> | undefined;

/** The keys of the tables, by the tables' names. */
const keyNames: Readonly<Record<string, readonly string[]>> = {
  alerts: ['alertId'],
  keys: ['keyId'],
  subscriptions: ['subscriptionId'],
  audit: ['subject', 'sequence'],
};

/** Every condition that the stores send. */
const conditions: Readonly<Record<string, (item: Item | undefined, values: Values) => boolean>> = {
  'attribute_not_exists(keyId)': (item) => item === undefined,
  'attribute_not_exists(subscriptionId)': (item) => item === undefined,
  'attribute_not_exists(subject)': (item) => item === undefined,
  'attribute_not_exists(subscriptionId) OR #expiresAt <= :now': (item, values) =>
    item === undefined || Number(item['expiresAt']) <= Number(values?.[':now']),
  'attribute_not_exists(subscriptionId) OR attribute_exists(deletedAt)': (item) =>
    item === undefined || item['deletedAt'] !== undefined,
  // An update that nothing stands in the way of.
  '': () => true,
  'attribute_not_exists(#count) OR #count < :limit': (item, values) =>
    item === undefined || Number(item['count']) < Number(values?.[':limit']),
  '#sequence = :read': (item, values) => item?.['sequence'] === values?.[':read'],
  'revision = :read': (item, values) => item?.['revision'] === values?.[':read'],
  'lockedFor = :id': (item, values) => item?.['lockedFor'] === values?.[':id'],
};

/** Tables in memory that know exactly the commands and expressions that the stores send, and throw on any other. */
export class MemoryTables {
  readonly #tables = new Map<string, Map<string, Item>>();
  readonly #onPut: (table: string, item: Item) => void;
  puts = 0;
  gets = 0;
  queries = 0;

  /** @param onPut told of each item that was written: the tables' streams */
  constructor(onPut: (table: string, item: Item) => void = () => {}) {
    this.#onPut = onPut;
  }

  /** @param reach stands around each command: it may take time, fail before or after, or never come back */
  client(reach: Reach = (command) => Promise.resolve(command())): DocumentClient {
    const send = (command: unknown) => reach(() => this.#run(command), command);
    // Of the client, stores use `send` and nothing else.
    return { send } as unknown as DocumentClient;
  }

  items(table: string): Item[] {
    return [...this.#table(table).values()];
  }

  item(table: string, key: Item): Item | undefined {
    return this.#table(table).get(keyOf(table, key));
  }

  /** Writes past every condition: for items that no store would write. */
  plant(table: string, item: Item): void {
    this.#table(table).set(keyOf(table, item), frozen(item));
  }

  #run(command: unknown): unknown {
    if (command instanceof GetCommand) {
      this.gets += 1;
      const { TableName = '', Key = {}, ConsistentRead } = command.input;
      if (ConsistentRead !== true) throw new Error('a read that may be out of date');
      const item = this.item(TableName, Key);
      return item === undefined ? {} : { Item: item };
    }
    if (command instanceof PutCommand) {
      if (!this.#holds(command.input as Put)) {
        throw new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: {},
        });
      }
      this.#put(command.input as Put);
      return {};
    }
    if (command instanceof TransactWriteCommand) return this.#transact(command.input.TransactItems ?? []);
    if (command instanceof QueryCommand) return this.#query(command.input);
    throw new Error(`a command that the tables do not know: ${String(command?.constructor.name)}`);
  }

  #transact(writes: readonly Write['item'][]): unknown {
    const held = writes.map((write) => this.#holds(write.Put ?? write.Update ?? write.Delete));
    if (held.includes(false)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: held.map((holds) => ({ Code: holds ? 'None' : 'ConditionalCheckFailed' })),
      });
    }
    for (const { Put, Update, Delete } of writes) {
      if (Put !== undefined) this.#put(Put);
      if (Update !== undefined) this.#add(Update);
      if (Delete?.TableName !== undefined) {
        this.#table(Delete.TableName).delete(keyOf(Delete.TableName, Delete.Key ?? {}));
      }
    }
    return {};
  }

  #holds(
    write: Partial<Omit<Put, 'TableName'>> & { TableName?: string | undefined; Key?: Item | undefined } = {},
  ) {
    const { TableName = '', ConditionExpression = '', ExpressionAttributeValues } = write;
    const condition = conditions[ConditionExpression];
    if (condition === undefined) throw new Error(`a condition that is not known: ${ConditionExpression}`);
    return condition(this.item(TableName, write.Key ?? write.Item ?? {}), ExpressionAttributeValues);
  }

  #put({ TableName = '', Item = {} }: Put): void {
    this.puts += 1;
    // As the document client does: what is undefined is not written.
    const item = frozen(JSON.parse(JSON.stringify(Item)) as Item);
    this.#table(TableName).set(keyOf(TableName, item), item);
    this.#onPut(TableName, item);
  }

  #add({
    TableName = '',
    Key = {},
    UpdateExpression = '',
    ExpressionAttributeValues = {},
  }: NonNullable<Write['item']['Update']>): void {
    const value = /^(?:SET #expiresAt = :end )?ADD #count (:one|:fewer)$/.exec(UpdateExpression)?.[1];
    if (value === undefined) throw new Error(`an update that is not known: ${UpdateExpression}`);
    const count =
      Number(this.item(TableName, Key)?.['count'] ?? 0) + Number(ExpressionAttributeValues[value]);
    const end = ExpressionAttributeValues[':end'];
    const item = { ...Key, count, ...(end === undefined ? {} : { expiresAt: end }) };
    this.#table(TableName).set(keyOf(TableName, Key), item);
  }

  #query({
    KeyConditionExpression,
    ExpressionAttributeValues = {},
    Limit,
    ...input
  }: QueryCommand['input']): unknown {
    this.queries += 1;
    const all = this.items(input.TableName ?? '');
    switch (KeyConditionExpression) {
      case 'dueShard = :shard AND nextActionAt <= :now': {
        if (input.IndexName !== 'byDue') throw new Error('another index');
        const { ':shard': shard, ':now': now } = ExpressionAttributeValues;
        const due = all
          .filter((item) => item['dueShard'] === shard && String(item['nextActionAt']) <= String(now))
          .toSorted((a, b) => order(String(a['nextActionAt']), String(b['nextActionAt'])));
        return page(due, input.ExclusiveStartKey?.['keyId'], Limit);
      }
      case 'subscriptionId = :id': {
        if (input.IndexName !== 'bySubscription') throw new Error('another index');
        const of = all.filter((item) => item['subscriptionId'] === ExpressionAttributeValues[':id']);
        const sorted = of.toSorted((a, b) => order(String(a['keyId']), String(b['keyId'])));
        return page(sorted, input.ExclusiveStartKey?.['keyId'], Limit);
      }
      case 'subject = :subject AND #sequence < :sequence': {
        const { ':subject': subject, ':sequence': sequence } = ExpressionAttributeValues;
        const before = all
          .filter((item) => item['subject'] === subject && Number(item['sequence']) < Number(sequence))
          .toSorted((a, b) => Number(b['sequence']) - Number(a['sequence']));
        return { Items: before.slice(0, Limit) };
      }
      default:
        throw new Error(`a query that is not known: ${KeyConditionExpression}`);
    }
  }

  #table(name: string): Map<string, Item> {
    const known = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, known);
    return known;
  }
}

export type Reach = (command: () => unknown, of: unknown) => Promise<unknown>;

function keyOf(table: string, item: Item): string {
  const names = keyNames[table];
  if (names === undefined) throw new Error(`a table that is not known: ${table}`);
  return names.map((name) => String(item[name])).join('|');
}

/** Whoever reads an item may not change it, as if everybody had a copy. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function page(items: readonly Item[], after: unknown, limit = items.length): unknown {
  const from = after === undefined ? 0 : items.findIndex(({ keyId }) => keyId === after) + 1;
  const Items = items.slice(from, from + limit);
  const last = Items.at(-1);
  return {
    Items,
    ...(from + limit < items.length && last ? { LastEvaluatedKey: { keyId: last['keyId'] } } : {}),
  };
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
