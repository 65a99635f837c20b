import {
  BatchWriteCommand,
  DeleteCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../../local/dynamodb/stream-record.ts';
import { call } from '../dynamodb/harness.ts';
import { DAY, HOUR, type Launched, launch, newDataDir, removeDataDirs, streamArn, table } from './support.ts';

let local: Launched;
beforeEach(async () => {
  local = await launch({ resources: [table('Things'), table('Plain', { StreamSpecification: undefined })] });
});
afterEach(() => local.stop());
afterAll(removeDataDirs);

const TableName = 'Things';

async function records(from: Launched = local, name = TableName, after = 0): Promise<StreamRecord[]> {
  return Array.fromAsync(from.service.stream(streamArn(name))?.after(after) ?? []);
}
const put = (Item: Record<string, unknown>, on = local) =>
  on.documents.send(new PutCommand({ TableName, Item: { id: 'a', part: 1, ...Item } }));
const keys = { id: { S: 'a' }, part: { N: '1' } };

describe('each kind of write leaves its record', () => {
  test('a new item, a changed one and a deleted one, with the images before and after', async () => {
    await put({ colour: 'red' });
    await local.documents.send(
      new UpdateCommand({
        TableName,
        Key: { id: 'a', part: 1 },
        UpdateExpression: 'SET colour = :green',
        ExpressionAttributeValues: { ':green': 'green' },
      }),
    );
    await local.documents.send(new DeleteCommand({ TableName, Key: { id: 'a', part: 1 } }));
    const red = { ...keys, colour: { S: 'red' } };
    const green = { ...keys, colour: { S: 'green' } };
    const common = { keys, viewType: 'NEW_AND_OLD_IMAGES', eventId: expect.stringMatching(/^[0-9a-f]{32}$/) };
    const time = { createdAt: expect.closeTo(local.clock.now(), -4) };
    expect(await records()).toEqual([
      { ...common, ...time, sequence: 1, eventName: 'INSERT', newImage: red, sizeBytes: 27 },
      { ...common, ...time, sequence: 2, eventName: 'MODIFY', oldImage: red, newImage: green, sizeBytes: 47 },
      { ...common, ...time, sequence: 3, eventName: 'REMOVE', oldImage: green, sizeBytes: 29 },
    ]);
  });

  test('a batch and a transaction, one for each of their items', async () => {
    const PutRequest = (part: number) => ({ PutRequest: { Item: { id: 'b', part } } });
    await local.documents.send(
      new BatchWriteCommand({
        RequestItems: { Things: [PutRequest(1), PutRequest(2)], Plain: [PutRequest(3)] },
      }),
    );
    await local.documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { id: 'b', part: 4 } } },
          { Delete: { TableName, Key: { id: 'b', part: 1 } } },
          {
            ConditionCheck: {
              TableName,
              Key: { id: 'b', part: 2 },
              ConditionExpression: 'attribute_exists(id)',
            },
          },
        ],
      }),
    );
    expect((await records()).map((record) => `${record.eventName} ${record.keys['part']?.['N']}`)).toEqual([
      'INSERT 1',
      'INSERT 2',
      'INSERT 4',
      'REMOVE 1',
    ]);
  });

  test('the end of a time to live, which the service itself signs', async () => {
    await put({ expiresAt: Math.floor(local.clock.now() / 1000) + 60 });
    await local.advance(HOUR);
    expect(await records(local, TableName, 1)).toMatchObject([{ eventName: 'REMOVE', expired: true, keys }]);
    expect((await records())[0]).not.toHaveProperty('expired');
  });
});

test('a write that changes nothing, is refused or repeats a transaction leaves none', async () => {
  await put({ colours: new Set(['red', 'green']), nested: { a: 1, b: 2 } });
  await put({ nested: { b: 2, a: 1 }, colours: new Set(['green', 'red']) });
  await local.documents.send(new DeleteCommand({ TableName, Key: { id: 'nobody', part: 1 } }));
  await expect(
    local.documents.send(
      new DeleteCommand({
        TableName,
        Key: { id: 'a', part: 1 },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    ),
  ).rejects.toThrow('The conditional request failed');
  const transaction = {
    ClientRequestToken: 'once',
    TransactItems: [{ Put: { TableName, Item: { id: 'c', part: 1 } } }],
  };
  await local.documents.send(new TransactWriteCommand(transaction));
  await local.documents.send(new TransactWriteCommand(transaction));
  expect((await records()).map(({ keys }) => keys['id']?.['S'])).toEqual(['a', 'c']);
});

test.each([
  ['NEW_IMAGE', ['newImage'], ['newImage'], []],
  ['OLD_IMAGE', [], ['oldImage'], ['oldImage']],
  ['KEYS_ONLY', [], [], []],
])('a stream of view type %s shows no other image', async (StreamViewType, ...expected) => {
  const other = await launch({ resources: [table('Things', { StreamSpecification: { StreamViewType } })] });
  await put({ colour: 'red' }, other);
  await put({ colour: 'green' }, other);
  await other.documents.send(new DeleteCommand({ TableName, Key: { id: 'a', part: 1 } }));
  const found = await records(other);
  expect(found.map((record) => Object.keys(record).filter((name) => name.endsWith('Image')))).toEqual(
    expected,
  );
  await other.stop();
});

test('records live for 24 hours, and sequences go on after them, across a restart too', async () => {
  await put({ colour: 'red' });
  await local.advance(HOUR);
  await put({ colour: 'green' });
  await local.advance(23.5 * HOUR);
  expect((await records()).map(({ sequence }) => sequence)).toEqual([2]);
  await local.advance(DAY);
  expect(await records()).toEqual([]);
  const { dataDir } = local;
  await local.stop();
  local = await launch({ resources: [table('Things')], dataDir });
  await put({ colour: 'blue' });
  expect((await records()).map(({ sequence }) => sequence)).toEqual([3]);
});

test('a stream that leaves the template takes its records along', async () => {
  await put({ colour: 'red' });
  const { dataDir } = local;
  for (const StreamSpecification of [undefined, { StreamViewType: 'KEYS_ONLY' }]) {
    await local.stop();
    local = await launch({ resources: [table('Things', { StreamSpecification })], dataDir });
    expect(await records()).toEqual([]);
  }
  await put({ colour: 'green' });
  expect((await records()).map(({ sequence }) => sequence)).toEqual([2]);
});

test('replaying a stream gives the table, whatever was written in parallel', async () => {
  const write = fc.record({
    id: fc.constantFrom('a', 'b'),
    part: fc.integer({ min: 1, max: 2 }),
    value: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 30 }), async (writes) => {
      const stream = local.service.stream(streamArn(TableName));
      const before = stream?.last() ?? 0;
      const old = await scan();
      await Promise.all(
        writes.map(({ id, part, value }) => {
          const Key = { id: { S: id }, part: { N: String(part) } };
          return value === 0
            ? call(local.service, 'DeleteItem', { TableName, Key })
            : call(local.service, 'UpdateItem', {
                TableName,
                Key,
                UpdateExpression: 'ADD amount :value',
                ExpressionAttributeValues: { ':value': { N: String(value) } },
              });
        }),
      );
      const replayed = new Map(old);
      for (const { keys, oldImage, newImage } of await records(local, TableName, before)) {
        const name = JSON.stringify(keys);
        // Each old image is what the record before left: no record is missing and none is out of order.
        expect(oldImage).toEqual(replayed.get(name));
        if (newImage === undefined) replayed.delete(name);
        else replayed.set(name, newImage);
      }
      expect(replayed).toEqual(await scan());
    }),
    { numRuns: 40 },
  );
});

async function scan(): Promise<Map<string, unknown>> {
  const { Items } = await call(local.service, 'Scan', { TableName });
  return new Map(
    (Items as Record<string, unknown>[]).map((item) => [
      JSON.stringify({ id: item['id'], part: item['part'] }),
      item,
    ]),
  );
}

test('DescribeTable tells the stream, and the streams API is refused by name', async () => {
  const { Table } = await call(local.service, 'DescribeTable', { TableName });
  expect(Table).toMatchObject({
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    LatestStreamArn: streamArn(TableName),
    LatestStreamLabel: '2026-01-01T00:00:00.000',
  });
  const headers = {
    'x-amz-target': 'DynamoDBStreams_20120810.GetRecords',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  };
  const answer = await fetch(local.endpoint, { method: 'POST', headers, body: '{}' });
  expect(await answer.json()).toMatchObject({
    message: expect.stringMatching(/^Operation GetRecords of DynamoDB Streams is not supported/),
  });
});

test('another member of a StreamSpecification is refused by name', async () => {
  const odd = { StreamViewType: 'NEW_IMAGE', ResourcePolicy: {} };
  await expect(
    launch({ resources: [table('Things', { StreamSpecification: odd })], dataDir: newDataDir() }),
  ).rejects.toThrow(
    'Things (AWS::DynamoDB::Table): property StreamSpecification.ResourcePolicy is not supported',
  );
});
