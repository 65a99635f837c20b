import { GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalDynamoDb, launch, removeDataDirs } from './harness.ts';

let local: LocalDynamoDb;
beforeAll(async () => {
  local = await launch();
});
afterAll(async () => {
  await local.stop();
  removeDataDirs();
});

const TableName = 'test-Accounts';
const Key = { id: 'x' };
const subject = {
  id: 'x',
  n: 5,
  zero: 0,
  off: false,
  s: 'grüße',
  blank: '',
  l: ['a', 'b', { c: 1 }],
  m: { k: { deep: 1 }, rest: 'v' },
  set: new Set(['p', 'q']),
  prev: 1,
};
const reset = () => local.documents.send(new PutCommand({ TableName, Item: subject }));
const item = async () => (await local.documents.send(new GetCommand({ TableName, Key }))).Item;
const used = (values: Record<string, unknown>, ...expressions: string[]) => {
  const entries = Object.entries(values).filter(([name]) =>
    expressions.some((text) => new RegExp(`${name}\\b`).test(text)),
  );
  return entries.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(entries) };
};

const values = {
  ':five': 5,
  ':six': 6,
  ':zero': 0,
  ':off': false,
  ':blank': '',
  ':s': 'grüße',
  ':gr': 'gr',
  ':l': ['a', 'b', { c: 1 }],
  ':m': { rest: 'v', k: { deep: 1 } },
  ':c': { c: 1 },
  ':set': new Set(['q', 'p']),
  ':p': 'p',
  ':N': 'N',
};

test.each([
  ['n = :five', true],
  ['n < :six AND n >= :five', true],
  ['n BETWEEN :zero AND :five', true],
  ['n BETWEEN :six AND :six', false],
  ['n IN (:zero, :five)', true],
  ['n IN (gone, :five)', true],
  ['n = :s', false],
  ['n < :s', false],
  // What is missing compares as false, unless the question is whether it differs.
  ['gone = absent', false],
  ['gone <= absent', false],
  ['gone <> :five', true],
  ['NOT gone = :five', true],
  ['attribute_not_exists(gone) OR gone < :five', true],
  // Falsy values are values.
  ['off IN (:off)', true],
  ['blank IN (:blank)', true],
  ['zero BETWEEN :zero AND :five', true],
  ['attribute_exists(off) AND attribute_exists(blank)', true],
  ['attribute_exists(m.k.deep) AND attribute_not_exists(m.k.deep.deeper)', true],
  ['attribute_exists(l[2].c) AND attribute_not_exists(l[3])', true],
  ['attribute_not_exists(#constructor)', true],
  // Documents are equal by content, sets without order.
  ['l = :l AND m = :m AND #set = :set', true],
  ['m <> :m', false],
  ['m = :l', false],
  ['begins_with(s, :gr) AND contains(s, :gr)', true],
  ['contains(#set, :p) AND contains(l, :c)', true],
  ['contains(n, :five)', false],
  ['attribute_type(n, :N)', true],
  // Seven bytes in UTF-8, five characters.
  ['size(s) > :six', true],
  ['size(blank) = :zero AND size(l) < :five AND size(m) < :five', true],
  ['size(n) >= :zero', false],
  ['size(gone) >= :zero', false],
])('the condition %s is %s', async (expression, holds) => {
  await reset();
  const names = [...expression.matchAll(/#(\w+)/g)].map(([whole, name]) => [whole, name]);
  const parameters = {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...used(values, expression),
  };
  const written = await local.documents
    .send(new PutCommand({ TableName, Item: subject, ConditionExpression: expression, ...parameters }))
    .then(
      () => true,
      (error: Error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error;
        return false;
      },
    );
  expect(written).toBe(holds);
  const { Count } = await local.documents.send(
    new ScanCommand({ TableName, FilterExpression: expression, ...parameters }),
  );
  expect(Count).toBe(holds ? 1 : 0);
});

test.each<[string, Record<string, unknown>]>([
  ['SET n = n + :six', { n: 11 }],
  ['SET n = if_not_exists(gone, :zero) - :five', { n: -5 }],
  // Operands are read before anything is written, and nothing is shared afterwards.
  ['SET prev = n ADD n :six', { prev: 5, n: 11 }],
  ['SET twin = m, m.rest = :p', { twin: subject.m, m: { ...subject.m, rest: 'p' } }],
  ['SET n = prev, prev = n', { n: 1, prev: 5 }],
  // Indexes mean what they meant before the update.
  ['REMOVE l[0], l[1]', { l: [{ c: 1 }] }],
  ['SET l[9] = :p REMOVE l[0]', { l: ['b', { c: 1 }, 'p'] }],
  ['SET l = list_append(l, :l)', { l: [...subject.l, ...subject.l] }],
  ['REMOVE m.k.deep, gone', { m: { k: {}, rest: 'v' } }],
  ['ADD fresh :six', { fresh: 6 }],
  ['DELETE #set :set', { set: undefined }],
  ['ADD #set :set', { set: new Set(['p', 'q']) }],
])('the update %s has exactly its effect', async (expression, expected) => {
  await reset();
  await local.documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: expression,
      ...(expression.includes('#set') && { ExpressionAttributeNames: { '#set': 'set' } }),
      ...used(values, expression),
    }),
  );
  expect(await item()).toEqual({ ...subject, ...expected });
});

test.each([
  ['SET n = s + :six', 'incorrect data type'],
  ['SET n = gone', 'does not exist in the item'],
  ['SET gone.k = :six', 'document path provided'],
  ['ADD s :six', 'incorrect data type'],
  ['SET l = list_append(l, s)', 'incorrect data type'],
  ['SET n = :six, n = :five', 'overlap'],
])('the update %s is refused and changes nothing', async (expression, message) => {
  await reset();
  await expect(
    local.documents.send(
      new UpdateCommand({ TableName, Key, UpdateExpression: expression, ...used(values, expression) }),
    ),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  expect(await item()).toEqual(subject);
});

test('numbers keep 38 digits, and more are refused', async () => {
  const add = (amount: bigint) =>
    local.documents.send(
      new UpdateCommand({
        TableName,
        Key: { id: 'big' },
        UpdateExpression: 'ADD n :amount',
        ExpressionAttributeValues: { ':amount': amount },
      }),
    );
  await add(10n ** 37n);
  await add(1n);
  const { Item } = await local.documents.send(new GetCommand({ TableName, Key: { id: 'big' } }));
  expect(Item?.['n']).toBe(10n ** 37n + 1n);
  await expect(add(10n ** 38n)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('no expression over any item ends in an internal error', async () => {
  const path = fc.constantFrom(
    'n',
    'no',
    's',
    'blank',
    'l',
    'l[0]',
    'l[2].c',
    'm.k',
    'gone',
    'm.lost',
    'prev',
  );
  const operand = fc.oneof(
    path,
    fc.constantFrom(...Object.keys(values)),
    path.map((inner) => `size(${inner})`),
  );
  const comparison = fc.oneof(
    fc
      .tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand)
      .map((parts) => parts.join(' ')),
    fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} IN (${b}, ${c})`),
    fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
    fc.tuple(path, operand).map(([a, b]) => `contains(${a}, ${b})`),
    fc.tuple(path, operand).map(([a, b]) => `begins_with(${a}, ${b})`),
    path.map((inner) => `attribute_exists(${inner})`),
  );
  await reset();
  await fc.assert(
    fc.asyncProperty(comparison, comparison, fc.constantFrom('AND', 'OR', 'AND NOT'), async (a, b, join) => {
      const FilterExpression = `${a} ${join} ${b}`;
      const outcome = await local.documents
        .send(new ScanCommand({ TableName, FilterExpression, ...used(values, FilterExpression) }))
        .then(
          () => 'answered',
          (error: Error) => error.name,
        );
      expect(['answered', 'ValidationException']).toContain(outcome);
    }),
    { numRuns: 300 },
  );
});

test('a filter may not look at the key of what it queries', async () => {
  await expect(
    local.documents.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :s',
        FilterExpression: 'id <> :p',
        ...used(values, ':s', ':p'),
      }),
    ),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});
