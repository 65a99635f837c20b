import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DocumentClient, Write } from '../../functions/runtime/dynamodb.ts';

export type Item = Readonly<Record<string, unknown>>;
type Update = NonNullable<Write['item']['Update']>;
type Put = NonNullable<Write['item']['Put']>;

/** The keys of the tables, by the tables' names. */
const keyNames: Readonly<Record<string, readonly string[]>> = {
  activity: ['subject'],
  alerts: ['alertId'],
  keys: ['keyId'],
  subscriptions: ['subscriptionId'],
  usage: ['subscriptionId', 'period'],
};

/** Stands around each command: it may take time, fail before or after, or never come back. */
export type Reach = (command: () => unknown, of: unknown) => Promise<unknown>;

/** Tables in memory that know the commands that detection sends, and throw on any other. */
export class MemoryTables {
  readonly #tables = new Map<string, Map<string, Item>>();
  writes = 0;

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

  /** Writes past every condition. */
  plant(table: string, item: Item): void {
    this.#table(table).set(keyOf(table, item), item);
  }

  #run(command: unknown): unknown {
    if (command instanceof GetCommand) {
      const { TableName = '', Key = {}, ConsistentRead } = command.input;
      if (ConsistentRead !== true) throw new Error('a read that may be out of date');
      return { Item: this.item(TableName, Key) };
    }
    if (command instanceof BatchGetCommand) return this.#batch(command.input.RequestItems ?? {});
    if (command instanceof QueryCommand) return this.#due(command.input);
    if (command instanceof UpdateCommand) {
      const write = command.input as Update;
      if (!this.#holds(write)) {
        throw new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: {},
        });
      }
      this.#update(write);
      return {};
    }
    if (command instanceof TransactWriteCommand) return this.#transact(command.input.TransactItems ?? []);
    throw new Error(`a command that the tables do not know: ${String(command?.constructor.name)}`);
  }

  #batch(asked: NonNullable<BatchGetCommand['input']['RequestItems']>): unknown {
    const Responses = Object.entries(asked).map(([table, { Keys = [], ConsistentRead }]) => {
      if (ConsistentRead !== true) throw new Error('a read that may be out of date');
      if (Keys.length > 100) throw new Error('too many items for one batch');
      if (new Set(Keys.map((key) => keyOf(table, key))).size < Keys.length) throw new Error('an item twice');
      return [table, Keys.flatMap((key) => this.item(table, key) ?? [])];
    });
    return { Responses: Object.fromEntries(Responses) };
  }

  #due({
    KeyConditionExpression,
    ExpressionAttributeValues = {},
    ExclusiveStartKey,
    Limit = 100,
  }: QueryCommand['input']) {
    if (KeyConditionExpression !== 'dueShard = :shard AND lookAt <= :now') {
      throw new Error(`a query that is not known: ${KeyConditionExpression}`);
    }
    const { ':shard': shard, ':now': now } = ExpressionAttributeValues;
    const order = (item: Item) => `${String(item['lookAt'])} ${String(item['subject'])}`;
    const after = ExclusiveStartKey === undefined ? '' : order(ExclusiveStartKey);
    const due = this.items('activity')
      .filter((item) => item['dueShard'] === shard && String(item['lookAt']) <= String(now))
      .filter((item) => order(item) > after)
      .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    const Items = due.slice(0, Limit).map(({ subject, lookAt, dueShard }) => ({ subject, lookAt, dueShard }));
    const last = Items.at(-1);
    return { Items, ...(due.length > Limit && last ? { LastEvaluatedKey: last } : {}) };
  }

  #transact(writes: readonly Write['item'][]): unknown {
    if (writes.length > 100) throw new Error('too many items for one transaction');
    const held = writes.map(({ Put, Update }) => this.#holds(Put ?? Update));
    if (held.includes(false)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: held.map((holds) => ({ Code: holds ? 'None' : 'ConditionalCheckFailed' })),
      });
    }
    for (const { Put, Update } of writes) {
      if (Put !== undefined) this.#put(Put);
      if (Update !== undefined) this.#update(Update);
    }
    return {};
  }

  /** Every part of a condition: an attribute that is not there, or that has a value. */
  #holds(write: Put | Update | undefined): boolean {
    if (write === undefined) throw new Error('a write that is not known');
    const { TableName = '', ConditionExpression = '', ExpressionAttributeNames = {} } = write;
    const item = this.item(TableName, 'Key' in write ? (write.Key ?? {}) : ((write as Put).Item ?? {}));
    return ConditionExpression.split(' AND ').every((part) => {
      const absent = /^attribute_not_exists\((#?\w+)\)$/.exec(part)?.[1];
      if (absent !== undefined) return item?.[nameOf(absent, ExpressionAttributeNames)] === undefined;
      const [, name = '', value = ''] = /^(#?\w+) = (:\w+)$/.exec(part) ?? [];
      if (name === '') throw new Error(`a condition that is not known: ${ConditionExpression}`);
      return item?.[nameOf(name, ExpressionAttributeNames)] === write.ExpressionAttributeValues?.[value];
    });
  }

  #put({ TableName = '', Item = {} }: Put): void {
    this.writes += 1;
    // As the document client does: what is undefined is not written.
    this.plant(TableName, JSON.parse(JSON.stringify(Item)) as Item);
  }

  #update({ TableName = '', Key = {}, UpdateExpression = '', ...rest }: Update): void {
    const { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = rest;
    this.writes += 1;
    const [, sets = '', removes = ''] =
      /^SET (.+) REMOVE (#\w+(?:, #\w+)*)(?: DELETE #networks :networks)?$/.exec(UpdateExpression) ?? [];
    if (sets === '') throw new Error(`an update that is not known: ${UpdateExpression}`);
    const next: Record<string, unknown> = { ...this.item(TableName, Key), ...Key };
    for (const set of sets.split(', ')) {
      const [name = '', value = ''] = set.split(' = ');
      next[nameOf(name, ExpressionAttributeNames)] = ExpressionAttributeValues[value];
    }
    for (const name of removes.split(', ')) delete next[nameOf(name, ExpressionAttributeNames)];
    if (UpdateExpression.endsWith('DELETE #networks :networks')) {
      const left = (next['networks'] as Set<string>).difference(
        ExpressionAttributeValues[':networks'] as Set<string>,
      );
      if (left.size === 0) delete next['networks'];
      else next['networks'] = left;
    }
    this.plant(TableName, next);
  }

  #table(name: string): Map<string, Item> {
    const known = this.#tables.get(name) ?? new Map<string, Item>();
    this.#tables.set(name, known);
    return known;
  }
}

function nameOf(name: string, names: Readonly<Record<string, string>>): string {
  return name.startsWith('#') ? (names[name] ?? name) : name;
}

function keyOf(table: string, item: Item): string {
  const names = keyNames[table];
  if (names === undefined) throw new Error(`a table that is not known: ${table}`);
  return names.map((name) => String(item[name])).join('|');
}
