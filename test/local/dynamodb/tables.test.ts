import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { accounts, launch, newDataDir, removeDataDirs, tableResource } from './harness.ts';

afterAll(removeDataDirs);

const byOwner = {
  IndexName: 'byOwner',
  KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};
const withIndex = {
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [byOwner],
};

test.each<[string, Record<string, unknown>, string]>([
  ['a stream', { StreamSpecification: { StreamViewType: 'ALL' } }, 'StreamSpecification.StreamViewType: '],
  ['provisioned throughput', { BillingMode: 'PROVISIONED' }, 'BillingMode'],
  ['a local index', { LocalSecondaryIndexes: [] }, 'LocalSecondaryIndexes is not supported'],
  [
    'a part of an index',
    { ...withIndex, GlobalSecondaryIndexes: [{ ...byOwner, WarmThroughput: {} }] },
    'GlobalSecondaryIndexes.0.WarmThroughput is not supported',
  ],
  ['an index key without type', { GlobalSecondaryIndexes: [byOwner] }, 'not defined in AttributeDefinitions'],
  [
    'a time to live without attribute',
    { TimeToLiveSpecification: { Enabled: true } },
    'AttributeName is required',
  ],
])('%s that cannot be had locally stops the start and is named', async (_, properties, message) => {
  const start = launch({ tables: [tableResource('Odd', properties)] });
  await expect(start).rejects.toThrow(`Odd (AWS::DynamoDB::Table): `);
  await expect(start).rejects.toThrow(message);
});

test('items and indexes are there after a restart', async () => {
  const dataDir = newDataDir();
  const tables = [tableResource('Accounts', withIndex)];
  const before = await launch({ dataDir, tables });
  await before.documents.send(
    new PutCommand({ TableName: 'test-Accounts', Item: { id: 'a', owner: 'ann' } }),
  );
  await before.stop();
  const after = await launch({ dataDir, tables });
  const { Items } = await after.documents.send(
    new QueryCommand({
      TableName: 'test-Accounts',
      IndexName: 'byOwner',
      KeyConditionExpression: '#o = :ann',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':ann': 'ann' },
    }),
  );
  await after.stop();
  expect(Items).toEqual([{ id: 'a', owner: 'ann' }]);
});

test.each([
  ['an index appeared', {}, withIndex, 'index byOwner is new'],
  [
    'an index changed',
    withIndex,
    { ...withIndex, GlobalSecondaryIndexes: [{ ...byOwner, Projection: { ProjectionType: 'KEYS_ONLY' } }] },
    'index byOwner changed',
  ],
  [
    'the key changed',
    {},
    {
      KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
    },
    'the key schema changed from (HASH id S) to (HASH other S)',
  ],
])(
  'when %s the start says what to do instead of serving old data by a new schema',
  async (_, old, now, message) => {
    const dataDir = newDataDir();
    await (await launch({ dataDir, tables: [tableResource('Accounts', old)] })).stop();
    const start = launch({ dataDir, tables: [tableResource('Accounts', now)] });
    await expect(start).rejects.toThrow(message);
    await expect(start).rejects.toThrow('npm start -- --fresh');
    // Nothing was recorded: the old template still runs.
    await (await launch({ dataDir, tables: [tableResource('Accounts', old)] })).stop();
  },
);

test('a removed index may go, but its return counts as a new one', async () => {
  const dataDir = newDataDir();
  await (await launch({ dataDir, tables: [tableResource('Accounts', withIndex)] })).stop();
  await (await launch({ dataDir, tables: [tableResource('Accounts')] })).stop();
  await expect(launch({ dataDir, tables: [tableResource('Accounts', withIndex)] })).rejects.toThrow('is new');
});

test('a second process on the same data is told so', async () => {
  const dataDir = newDataDir();
  const first = await launch({ dataDir, tables: [accounts] });
  await expect(launch({ dataDir, tables: [accounts] })).rejects.toThrow('in use by another process');
  await first.stop();
});
