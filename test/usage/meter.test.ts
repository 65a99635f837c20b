import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createMeter,
  type Meter,
  MeterUnavailableError,
  UnknownOutcomeError,
} from '../../functions/usage/stores/meter.ts';

/** The meter before a DynamoDB that a script plays: one entry is what becomes of one call. */
type Play =
  | 'never answers'
  | 'hangs up'
  | 'answers half'
  | { readonly status: number; readonly body: unknown };

const admitted = (total: number): Play => ({
  status: 200,
  body: { Attributes: { total: { N: String(total) } } },
});
const refusal = (error: string, status = 400): Play => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'no' },
});

let script: Play[] = [];
let received: Record<string, unknown>[] = [];
const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(incoming.headers['x-amz-target']).toBe('DynamoDB_20120810.UpdateItem');
  received.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  const play = script.shift();
  if (play === undefined) throw new Error('a call too many');
  if (play === 'never answers') return;
  if (play === 'hangs up') return void outgoing.destroy();
  if (play === 'answers half') {
    outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 1_000 });
    outgoing.write('{"Attributes":', () => outgoing.destroy());
    return;
  }
  outgoing.writeHead(play.status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify(play.body));
});

let client: DynamoDBClient;
let meter: Meter;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
  meter = createMeter(client, 'usage-table');
});
afterAll(() => {
  client.destroy();
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  script = [];
  received = [];
});

const request = {
  subscriptionId: 'sub_1',
  keyId: 'abcdefghijkl',
  secretVersion: '3',
  tier: 'pro',
  quota: 10_000,
  at: Date.parse('2026-11-30T23:59:59.999Z'),
};

test('one request is one conditional write that adds to the month, the day and the key', async () => {
  script = [admitted(7)];
  expect(await meter.count(request)).toEqual({ kind: 'admitted', total: 7 });
  expect(received).toHaveLength(1);
  const { Key, ConditionExpression, UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } =
    received[0] as Record<string, Record<string, unknown>>;
  expect(Key).toEqual({ subscriptionId: { S: 'sub_1' }, period: { S: '2026-11' } });
  expect(ConditionExpression).toBe('attribute_not_exists(#total) OR #total < :quota');
  expect(UpdateExpression).toMatch(/^ADD #total :one, #day :one, #key :one /);
  expect(ExpressionAttributeNames).toMatchObject({
    '#total': 'total',
    '#day': 'd30',
    '#key': 'k_abcdefghijkl',
    '#use': 'u_abcdefghijkl_3',
  });
  expect(ExpressionAttributeValues).toMatchObject({ ':one': { N: '1' }, ':quota': { N: '10000' } });
});

test("the request's own time decides which month pays, to the millisecond", async () => {
  script = [admitted(1), admitted(1)];
  await meter.count(request);
  await meter.count({ ...request, at: request.at + 1 });
  expect(received.map(({ Key }) => (Key as { period: unknown }).period)).toEqual([
    { S: '2026-11' },
    { S: '2026-12' },
  ]);
});

test('a used-up quota is an answer, not an error, and is asked for once', async () => {
  script = [refusal('ConditionalCheckFailedException')];
  expect(await meter.count(request)).toEqual({ kind: 'exhausted' });
  expect(received).toHaveLength(1);
});

describe('what says that nothing was applied is tried again', () => {
  test.each([
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'ThrottlingException',
    'TransactionConflictException',
  ])('%s, and the request is counted once in the end', async (error) => {
    script = [refusal(error), refusal(error), admitted(1)];
    expect(await meter.count(request)).toEqual({ kind: 'admitted', total: 1 });
    expect(received).toHaveLength(3);
  });

  test('a quota that is found used up at the second try is used up', async () => {
    script = [refusal('ThrottlingException'), refusal('ConditionalCheckFailedException')];
    expect(await meter.count(request)).toEqual({ kind: 'exhausted' });
  });

  test('four times, and then nothing was counted for certain', async () => {
    script = Array.from({ length: 9 }, () => refusal('ThrottlingException'));
    await expect(meter.count(request)).rejects.toThrow(MeterUnavailableError);
    expect(received).toHaveLength(4);
  });
});

describe('what may or may not have been applied is never tried again', () => {
  test.each<[string, Play]>([
    ['no answer in time', 'never answers'],
    ['a connection that breaks', 'hangs up'],
    ['an answer that breaks off', 'answers half'],
    ['a fault of the service', refusal('InternalServerError', 500)],
    ['a service that is not there', { status: 503, body: 'busy' }],
    ['an error of no known name', refusal('SomethingNewException')],
    ['an error that no retry helps', refusal('AccessDeniedException')],
  ])('%s', async (_, play) => {
    script = [play, admitted(1), admitted(1)];
    await expect(meter.count(request)).rejects.toThrow(UnknownOutcomeError);
    expect(received).toHaveLength(1);
  });

  test('not after a throttled attempt either', async () => {
    script = [refusal('ThrottlingException'), 'hangs up', admitted(1)];
    await expect(meter.count(request)).rejects.toThrow(UnknownOutcomeError);
    expect(received).toHaveLength(2);
  });
});
