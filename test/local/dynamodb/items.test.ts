import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type LocalDynamoDb, launch, removeDataDirs } from './harness.ts';

let local: LocalDynamoDb;
beforeAll(async () => {
  local = await launch();
});
afterAll(async () => {
  await local.stop();
  removeDataDirs();
});

const TableName = 'test-Accounts';
const put = (Item: Record<string, unknown>) => local.documents.send(new PutCommand({ TableName, Item }));
const get = async (id: string) =>
  (await local.documents.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item;

test('what is put is read back, whatever its types', async () => {
  const item = {
    id: 'types',
    text: 'ä€😀',
    empty: '',
    number: 1.5,
    big: 12345678901234567890n,
    flag: false,
    nothing: null,
    list: [1, 'a', { deep: [true] }],
    map: { inner: { leaf: 1 } },
    strings: new Set(['a', 'b']),
    numbers: new Set([1, 2]),
    bytes: new Uint8Array([1, 2, 3]),
  };
  await put(item);
  expect(await get('types')).toEqual({ ...item, big: 12345678901234567890n });
});

test('an item that is not there has no Item in the answer', async () => {
  expect(await get('nobody')).toBeUndefined();
});

test('a projection returns the named attributes only', async () => {
  await put({ id: 'projected', a: { b: 1, c: 2 }, d: 3 });
  const { Item } = await local.documents.send(
    new GetCommand({ TableName, Key: { id: 'projected' }, ProjectionExpression: 'a.b' }),
  );
  expect(Item).toEqual({ a: { b: 1 } });
});

test('a failed condition changes nothing and carries the item if asked to', async () => {
  await put({ id: 'guarded', balance: 1 });
  const attempt = (choice: 'ALL_OLD' | 'NONE') =>
    local.client
      .send(
        new PutItemCommand({
          TableName,
          Item: { id: { S: 'guarded' } },
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure: choice,
        }),
      )
      .catch((error: unknown) => error);
  const withItem = await attempt('ALL_OLD');
  expect(withItem).toBeInstanceOf(ConditionalCheckFailedException);
  expect(withItem).toMatchObject({ Item: { id: { S: 'guarded' }, balance: { N: '1' } } });
  const without = await attempt('NONE');
  expect(without).toMatchObject({
    name: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
  });
  expect((without as ConditionalCheckFailedException).Item).toBeUndefined();
  expect(await get('guarded')).toEqual({ id: 'guarded', balance: 1 });
});

test.each(['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'] as const)(
  'an update returns %s of the item',
  async (ReturnValues) => {
    await put({ id: 'returned', counter: 1, other: 'x' });
    const { Attributes } = await local.documents.send(
      new UpdateCommand({
        TableName,
        Key: { id: 'returned' },
        UpdateExpression: 'ADD #counter :one',
        ExpressionAttributeNames: { '#counter': 'counter' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues,
      }),
    );
    const expected = {
      NONE: undefined,
      ALL_OLD: { id: 'returned', counter: 1, other: 'x' },
      UPDATED_OLD: { counter: 1 },
      ALL_NEW: { id: 'returned', counter: 2, other: 'x' },
      UPDATED_NEW: { counter: 2 },
    };
    expect(Attributes).toEqual(expected[ReturnValues]);
  },
);

test('an update of an item that is not there makes it', async () => {
  await local.documents.send(
    new UpdateCommand({
      TableName,
      Key: { id: 'made' },
      UpdateExpression: 'SET #n = if_not_exists(#n, :zero) + :two',
      ExpressionAttributeNames: { '#n': 'n' },
      ExpressionAttributeValues: { ':zero': 0, ':two': 2 },
    }),
  );
  expect(await get('made')).toEqual({ id: 'made', n: 2 });
});

test('of 300 racing conditional updates exactly as many succeed as the limit allows', async () => {
  const attempts = Array.from({ length: 300 }, () =>
    local.documents
      .send(
        new UpdateCommand({
          TableName,
          Key: { id: 'quota' },
          UpdateExpression: 'ADD spent :one',
          ConditionExpression: 'attribute_not_exists(spent) OR spent < :limit',
          ExpressionAttributeValues: { ':one': 1, ':limit': 30 },
        }),
      )
      .then(
        () => 'admitted',
        (error: Error) => error.name,
      ),
  );
  const outcomes = await Promise.all(attempts);
  expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(30);
  expect(outcomes.filter((outcome) => outcome === 'ConditionalCheckFailedException')).toHaveLength(270);
  expect(await get('quota')).toEqual({ id: 'quota', spent: 30 });
});

test('deleting returns the old item once', async () => {
  await put({ id: 'gone', a: 1 });
  const remove = new DeleteCommand({ TableName, Key: { id: 'gone' }, ReturnValues: 'ALL_OLD' });
  expect((await local.documents.send(remove)).Attributes).toEqual({ id: 'gone', a: 1 });
  expect((await local.documents.send(remove)).Attributes).toBeUndefined();
  expect(await get('gone')).toBeUndefined();
});

test('an index follows its items: sorted by number, sparse, moved and removed with them', async () => {
  const byOwner = async (more = {}) =>
    (
      await local.documents.send(
        new QueryCommand({
          TableName,
          IndexName: 'byOwner',
          KeyConditionExpression: '#o = :ann',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':ann': 'ann' },
          ...more,
        }),
      )
    ).Items?.map(({ id }) => id);
  for (const rank of [10, 9, -2, 100]) await put({ id: `ranked${rank}`, owner: 'ann', rank });
  await put({ id: 'unranked', owner: 'ann' });
  expect(await byOwner()).toEqual(['ranked-2', 'ranked9', 'ranked10', 'ranked100']);
  expect(await byOwner({ ScanIndexForward: false, Limit: 1 })).toEqual(['ranked100']);
  await put({ id: 'ranked9', owner: 'bob', rank: 9 });
  await local.documents.send(
    new UpdateCommand({
      TableName,
      Key: { id: 'ranked10' },
      UpdateExpression: 'REMOVE #r',
      ExpressionAttributeNames: { '#r': 'rank' },
    }),
  );
  await local.documents.send(new DeleteCommand({ TableName, Key: { id: 'ranked-2' } }));
  expect(await byOwner()).toEqual(['ranked100']);
});

test('an empty index key is refused', async () => {
  await expect(put({ id: 'bad', owner: '', rank: 1 })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a query pages in order of the sort key, and filters what it has read', async () => {
  const table = 'test-Events';
  const numbers = [1, 2, 3, 5, 8, 13, 21];
  for (const number of numbers) {
    await local.documents.send(
      new PutCommand({ TableName: table, Item: { stream: 's', number, odd: number % 2 } }),
    );
  }
  const seen: unknown[] = [];
  let start: Record<string, unknown> | undefined;
  let pages = 0;
  do {
    const page = await local.documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#s = :s AND #n BETWEEN :low AND :high',
        FilterExpression: 'odd = :one',
        ProjectionExpression: '#n',
        ExpressionAttributeNames: { '#s': 'stream', '#n': 'number' },
        ExpressionAttributeValues: { ':s': 's', ':low': 2, ':high': 13, ':one': 1 },
        Limit: 2,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    seen.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
    pages += 1;
  } while (start !== undefined);
  expect(seen).toEqual([{ number: 3 }, { number: 5 }, { number: 13 }]);
  expect(pages).toBe(3);
  const counted = await local.documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#s = :s',
      FilterExpression: 'odd = :one',
      ExpressionAttributeNames: { '#s': 'stream' },
      ExpressionAttributeValues: { ':s': 's', ':one': 1 },
      Select: 'COUNT',
    }),
  );
  expect(counted).toMatchObject({ Count: 5, ScannedCount: 7 });
  expect(counted.Items).toBeUndefined();
});

test('batches write and read across tables', async () => {
  await put({ id: 'batch-old' });
  await local.documents.send(
    new BatchWriteCommand({
      RequestItems: {
        [TableName]: [
          { PutRequest: { Item: { id: 'batch-new', owner: 'batch', rank: 1 } } },
          { DeleteRequest: { Key: { id: 'batch-old' } } },
        ],
        'test-Events': [{ PutRequest: { Item: { stream: 'batch', number: 1 } } }],
      },
    }),
  );
  const { Responses } = await local.documents.send(
    new BatchGetCommand({
      RequestItems: {
        [TableName]: { Keys: [{ id: 'batch-new' }, { id: 'batch-old' }] },
        'test-Events': { Keys: [{ stream: 'batch', number: 1 }] },
      },
    }),
  );
  expect(Responses).toEqual({
    [TableName]: [{ id: 'batch-new', owner: 'batch', rank: 1 }],
    'test-Events': [{ stream: 'batch', number: 1 }],
  });
});

test('a batch is at most 25 writes and names no item twice', async () => {
  const write = (ids: string[]) =>
    local.client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: ids.slice(0, 20).map((id) => ({ PutRequest: { Item: { id: { S: id } } } })),
          ...(ids.length > 20 && {
            'test-Events': ids
              .slice(20)
              .map((id) => ({ PutRequest: { Item: { stream: { S: id }, number: { N: '1' } } } })),
          }),
        },
      }),
    );
  await expect(write(Array.from({ length: 26 }, (_, n) => `b${n}`))).rejects.toThrow('Too many items');
  await expect(write(['twice', 'twice'])).rejects.toThrow('contains duplicates');
  expect(await get('b0')).toBeUndefined();
});

test('a scan finds each item once over all segments', async () => {
  const segments = await Promise.all(
    [0, 1, 2].map((Segment) =>
      local.documents.send(
        new ScanCommand({ TableName, Segment, TotalSegments: 3, ProjectionExpression: 'id' }),
      ),
    ),
  );
  const all = await local.documents.send(new ScanCommand({ TableName, ProjectionExpression: 'id' }));
  const ids = (pages: (typeof all)[]) => pages.flatMap(({ Items = [] }) => Items.map(({ id }) => id)).sort();
  expect(ids(segments)).toEqual(ids([all]));
  expect(all.Count).toBeGreaterThan(5);
});

test('tables describe themselves as the template declares them', async () => {
  const { Table } = await local.client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableName,
    TableArn: 'arn:aws:dynamodb:eu-central-1:000000000000:table/test-Accounts',
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    GlobalSecondaryIndexes: [{ IndexName: 'byOwner', IndexStatus: 'ACTIVE' }],
  });
  expect(Table?.CreationDateTime).toBeInstanceOf(Date);
  const ttl = await local.client.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(ttl.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  const page = await local.client.send(new ListTablesCommand({ Limit: 1 }));
  expect(page).toMatchObject({ TableNames: ['test-Accounts'], LastEvaluatedTableName: 'test-Accounts' });
});

test('what is not supported is refused by name, never ignored', async () => {
  await expect(
    local.client.send(new CreateTableCommand({ TableName: 'new', KeySchema: [], AttributeDefinitions: [] })),
  ).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('CreateTable is not supported by the local DynamoDB: tables come from'),
  });
  await expect(
    local.client.send(new PutItemCommand({ TableName, Item: { id: { S: 'x' } }, Expected: {} })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Expected') });
});

test('a table that the template does not have is not found', async () => {
  await expect(
    local.documents.send(new GetCommand({ TableName: 'test-Nothing', Key: { id: 'a' } })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test.each([
  ['an unused value', { UpdateExpression: 'REMOVE a', ExpressionAttributeValues: { ':x': 1 } }, 'unused'],
  ['a reserved word', { UpdateExpression: 'REMOVE total' }, 'reserved keyword'],
  ['a syntax error', { UpdateExpression: 'SET a =' }, 'Syntax error'],
  ['a change of the key', { UpdateExpression: 'REMOVE id' }, 'part of the key'],
])('%s in an expression is a ValidationException', async (_, parameters, message) => {
  await expect(
    local.documents.send(new UpdateCommand({ TableName, Key: { id: 'x' }, ...parameters })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
});

test('a thousand reads and a thousand updates take the service a few seconds at most', async () => {
  // Without the SDK client, which would take most of the time.
  const send = (operation: string, parameters: object) =>
    call(local.service, operation, { TableName, Key: { id: { S: 'busy' } }, ...parameters });
  const update = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
  const started = performance.now();
  for (let batch = 0; batch < 20; batch++) {
    await Promise.all(
      Array.from({ length: 50 }, () => send('GetItem', {}).then(() => send('UpdateItem', update))),
    );
  }
  expect(await get('busy')).toEqual({ id: 'busy', n: 1000 });
  // About half a second on an idle core; the bound is for machines that do other things at the same time.
  expect(performance.now() - started).toBeLessThan(10_000);
});
