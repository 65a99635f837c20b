import {
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactGetCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type LocalDynamoDb, launch, newDataDir, removeDataDirs } from './harness.ts';

let local: LocalDynamoDb;
beforeAll(async () => {
  local = await launch();
});
afterAll(async () => {
  await local.stop();
  removeDataDirs();
});

const TableName = 'test-Accounts';
const key = (id: string) => ({ TableName, Key: { id: { S: id } } });
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  local.client.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }),
  );
const cancelled = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'carried out',
    (error: unknown) => error,
  );
const set = (id: string, balance: number) =>
  local.documents.send(new PutCommand({ TableName, Item: { id, balance, owner: 'all', rank: balance } }));
const balance = async (id: string): Promise<number | undefined> =>
  (await local.documents.send(new GetCommand({ TableName, Key: { id } }))).Item?.['balance'];

const add = (id: string, amount: number, condition?: string): TransactWriteItem => ({
  Update: {
    ...key(id),
    UpdateExpression: 'ADD balance :amount',
    ...(condition && { ConditionExpression: condition }),
    ExpressionAttributeValues: { ':amount': { N: String(amount) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

test('a transaction writes, updates, deletes and checks in several tables at once', async () => {
  await set('updated', 1);
  await set('deleted', 1);
  await set('checked', 1);
  await transact([
    add('updated', 4),
    { Delete: key('deleted') },
    { ConditionCheck: { ...key('checked'), ConditionExpression: 'attribute_exists(id)' } },
    { Put: { TableName: 'test-Events', Item: { stream: { S: 'tx' }, number: { N: '1' } } } },
  ]);
  expect(await balance('updated')).toBe(5);
  expect(await balance('deleted')).toBeUndefined();
  const { Responses } = await local.documents.send(
    new TransactGetCommand({
      TransactItems: [
        { Get: { TableName: 'test-Events', Key: { stream: 'tx', number: 1 } } },
        { Get: { TableName, Key: { id: 'deleted' } } },
        { Get: { TableName, Key: { id: 'updated' }, ProjectionExpression: 'balance' } },
      ],
    }),
  );
  expect(Responses).toEqual([{ Item: { stream: 'tx', number: 1 } }, {}, { Item: { balance: 5 } }]);
});

test('one failed condition cancels everything and says which part it was, with its item if asked to', async () => {
  await set('kept', 1);
  const error = await cancelled(
    transact([
      { Put: { TableName, Item: { id: { S: 'never' } } } },
      add('kept', 1, 'attribute_not_exists(id)'),
      { ConditionCheck: { ...key('nobody'), ConditionExpression: 'attribute_exists(id)' } },
    ]),
  );
  expect(error).toBeInstanceOf(TransactionCanceledException);
  expect((error as TransactionCanceledException).message).toContain(
    '[None, ConditionalCheckFailed, ConditionalCheckFailed]',
  );
  expect((error as TransactionCanceledException).CancellationReasons).toEqual([
    { Code: 'None' },
    {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      Item: { id: { S: 'kept' }, balance: { N: '1' }, owner: { S: 'all' }, rank: { N: '1' } },
    },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  ]);
  expect(await balance('kept')).toBe(1);
  expect(
    (await local.documents.send(new GetCommand({ TableName, Key: { id: 'never' } }))).Item,
  ).toBeUndefined();
});

test('a part that does not fit its item cancels the transaction with a ValidationError', async () => {
  await local.documents.send(new PutCommand({ TableName, Item: { id: 'text', balance: 'much' } }));
  const error = await cancelled(transact([{ Delete: key('whatever') }, add('text', 1)]));
  expect(error).toMatchObject({
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ],
  });
  const wrongKey = await cancelled(transact([{ Delete: { TableName, Key: { other: { S: 'x' } } } }]));
  expect(wrongKey).toMatchObject({
    CancellationReasons: [
      { Code: 'ValidationError', Message: 'The provided key element does not match the schema' },
    ],
  });
});

test.each<[string, () => TransactWriteItem[], string]>([
  ['an item named twice', () => [add('a', 1), { Delete: key('a') }], 'multiple operations on one item'],
  ['101 items', () => Array.from({ length: 101 }, (_, n) => add(`n${n}`, 1)), 'less than or equal to 100'],
  ['no item', () => [], 'greater than or equal to 1'],
  ['two acts in one part', () => [{ ...add('a', 1), Delete: key('b') }], 'can only contain one of'],
  [
    'a syntax error',
    () => [{ ConditionCheck: { ...key('a'), ConditionExpression: 'attribute_exists(' } }],
    'Syntax error',
  ],
])('%s in a transaction is a ValidationException', async (_, items, message) => {
  const error = await cancelled(transact(items()));
  expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
});

test('a transaction sent again with its token within ten minutes is carried out once', async () => {
  await set('once', 0);
  await transact([add('once', 1)], 'token-1');
  await transact([add('once', 1)], 'token-1');
  expect(await balance('once')).toBe(1);
  await expect(transact([add('once', 2)], 'token-1')).rejects.toMatchObject({
    name: 'IdempotentParameterMismatchException',
  });
  await Promise.all([transact([add('once', 1)], 'token-2'), transact([add('once', 1)], 'token-2')]);
  expect(await balance('once')).toBe(2);
  await local.clock.advance(10 * 60_000);
  await transact([add('once', 1)], 'token-1');
  expect(await balance('once')).toBe(3);
});

test('a token is remembered across a restart', async () => {
  const dataDir = newDataDir();
  for (let start = 0; start < 2; start++) {
    const again = await launch({ dataDir });
    await again.client.send(
      new TransactWriteItemsCommand({ TransactItems: [add('restarted', 1)], ClientRequestToken: 'token-4' }),
    );
    const { Item } = await again.documents.send(new GetCommand({ TableName, Key: { id: 'restarted' } }));
    expect(Item?.['balance']).toBe(1);
    await again.stop();
  }
});

test('a cancelled transaction does not use up its token', async () => {
  const create: TransactWriteItem[] = [add('later', 1, 'attribute_exists(id)')];
  expect(await cancelled(transact(create, 'token-3'))).toBeInstanceOf(TransactionCanceledException);
  await set('later', 0);
  await transact(create, 'token-3');
  expect(await balance('later')).toBe(1);
});

test('racing transfers, single writes and reads never see or leave money made or lost', async () => {
  const ids = ['r0', 'r1', 'r2', 'r3'];
  const total = ids.length * 100;
  const transfer = fc.record({
    kind: fc.constantFrom('transfer', 'touch', 'read'),
    from: fc.integer({ min: 0, max: 3 }),
    to: fc.integer({ min: 0, max: 3 }),
    amount: fc.integer({ min: 1, max: 80 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(transfer, { minLength: 10, maxLength: 40 }), async (acts) => {
      for (const id of ids) await set(id, 100);
      const expected = new Map(ids.map((id) => [id, 100]));
      await Promise.all(
        acts.map(async ({ kind, from, to, amount }) => {
          const [source, target] = [`r${from}`, `r${to}`];
          if (kind === 'read') {
            const { Responses = [] } = await local.documents.send(
              new TransactGetCommand({
                TransactItems: ids.map((id) => ({ Get: { TableName, Key: { id } } })),
              }),
            );
            expect(Responses.reduce((sum, { Item }) => sum + Item?.['balance'], 0)).toBe(total);
            const { Items = [] } = await local.documents.send(
              new ScanCommand({
                TableName,
                FilterExpression: 'begins_with(id, :r)',
                ExpressionAttributeValues: { ':r': 'r' },
              }),
            );
            expect(Items.reduce((sum, item) => sum + item['balance'], 0)).toBe(total);
          } else if (kind === 'touch') {
            await local.documents.send(
              new UpdateCommand({
                TableName,
                Key: { id: source },
                UpdateExpression: 'ADD touched :one',
                ExpressionAttributeValues: { ':one': 1 },
              }),
            );
          } else if (source !== target) {
            const outcome = await cancelled(
              transact([
                {
                  Update: {
                    ...key(source),
                    UpdateExpression: 'ADD balance :less SET #rank = balance - :amount',
                    ConditionExpression: 'balance >= :amount',
                    ExpressionAttributeNames: { '#rank': 'rank' },
                    ExpressionAttributeValues: {
                      ':less': { N: String(-amount) },
                      ':amount': { N: String(amount) },
                    },
                  },
                },
                {
                  Update: {
                    ...key(target),
                    UpdateExpression: 'ADD balance :amount SET #rank = balance + :amount',
                    ExpressionAttributeNames: { '#rank': 'rank' },
                    ExpressionAttributeValues: { ':amount': { N: String(amount) } },
                  },
                },
              ]),
            );
            if (outcome === 'carried out') {
              expected.set(source, (expected.get(source) ?? 0) - amount);
              expected.set(target, (expected.get(target) ?? 0) + amount);
            } else expect(outcome).toBeInstanceOf(TransactionCanceledException);
          }
        }),
      );
      for (const id of ids) {
        expect(await balance(id)).toBe(expected.get(id));
        expect(expected.get(id)).toBeGreaterThanOrEqual(0);
      }
      await expectIndexToMatch();
    }),
    { numRuns: 8 },
  );
});

test('no scan of a table or an index ever sees half of a transaction', async () => {
  const ids = ['half0', 'half1'];
  for (const id of ids) {
    await call(local.service, 'PutItem', {
      TableName,
      Item: { id: { S: id }, balance: { N: '100' }, owner: { S: 'half' }, rank: { N: '1' } },
    });
  }
  let isDone = false;
  const transfers = async () => {
    for (let round = 0; round < 300; round++) {
      const amount = round % 2 === 0 ? 7 : -7;
      const TransactItems = [add('half0', amount), add('half1', -amount)];
      await call(local.service, 'TransactWriteItems', { TransactItems });
    }
    isDone = true;
  };
  const totals = new Set<number>();
  const readers = [{}, { IndexName: 'byOwner' }].map(async (where) => {
    while (!isDone) {
      const { Items } = await call(local.service, 'Scan', {
        TableName,
        ...where,
        FilterExpression: '#owner = :half',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':half': { S: 'half' } },
      });
      totals.add(
        (Items as { balance: { N: string } }[]).reduce((sum, { balance: { N } }) => sum + Number(N), 0),
      );
    }
  });
  await Promise.all([transfers(), ...readers]);
  expect([...totals]).toEqual([200]);
});

async function expectIndexToMatch(): Promise<void> {
  const table = await local.documents.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'attribute_exists(#owner) AND attribute_exists(#rank)',
      ExpressionAttributeNames: { '#owner': 'owner', '#rank': 'rank' },
    }),
  );
  const index = await local.documents.send(new ScanCommand({ TableName, IndexName: 'byOwner' }));
  const sorted = (items: Record<string, unknown>[] = []) =>
    items.toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])));
  expect(sorted(index.Items)).toEqual(sorted(table.Items));
}
