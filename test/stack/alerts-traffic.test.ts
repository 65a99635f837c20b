import { gzipSync } from 'node:zlib';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityItem } from '../../functions/alerts/rules/activity-item.ts';
import { formatKey, generateKeyId, generateSecret } from '../../functions/keys/rules/key-format.ts';
import { accessLine } from '../alerts/log-samples.ts';
import { type FaultyStack, startFaultyStack } from './delivery-faults-support.ts';
import { functionLog, inNextMonth, makeKey, setClock, setUsed, tableOf } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** From requests over HTTP by their log lines to table Activity. */

async function activityOf(stack: TestStack, subject: string): Promise<Partial<ActivityItem>> {
  await stack.logSubscriptions.whenIdle(30_000);
  const { Item } = await stack.dynamodb.send(
    new GetCommand({ TableName: tableOf(stack, 'Activity'), Key: { subject }, ConsistentRead: true }),
  );
  return (Item ?? {}) as Partial<ActivityItem>;
}

const hourOf = (at: number) => `${new Date(at).toISOString().slice(0, 13)}:00:00.000Z`;

describe('what the logs tell', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ startsAt: inNextMonth() });
  });
  afterAll(() => stack.close());

  const keyActivity = (keyId: string) => activityOf(stack, `key#${keyId}`);
  const manage = (act: string, payload: object) =>
    stack.manage<{ apiKey: string }>(act, { ...payload, requestedBy: 'an admin' });

  test('of accepted requests: whose key it was, when first, from where, and that somebody is to look', async () => {
    const { apiKey, keyId, subscriptionId } = await makeKey(stack);
    const before = stack.clock.now();
    for (let n = 0; n < 3; n++) expect((await stack.evaluate(apiKey)).status).toBe(200);
    expect((await stack.request('GET', '/usage', { 'X-API-Key': apiKey })).status).toBe(200);
    const item = await keyActivity(keyId);
    expect(item).toMatchObject({
      subscriptionId,
      tier: 'pro',
      networks: new Set(['127.0.0.0/24']),
      lookAt: hourOf(before),
      dueShard: expect.any(Number),
    });
    const firstAt = Date.parse(item.firstAt ?? '');
    expect(firstAt).toBeGreaterThanOrEqual(before - 1_000);
    expect(firstAt).toBeLessThanOrEqual(stack.clock.now());
    // Requests are counted elsewhere.
    expect(Object.keys(item).filter((name) => name.startsWith('refused'))).toEqual([]);
  });

  test('of a used-up quota: each 429, at the key', async () => {
    const { apiKey, keyId, subscriptionId } = await makeKey(stack);
    await setUsed(stack, subscriptionId, 10_000);
    for (let n = 0; n < 4; n++) expect((await stack.evaluate(apiKey)).status).toBe(429);
    expect(await keyActivity(keyId)).toMatchObject({ refused429: 4, networks: new Set(['127.0.0.0/24']) });
  });

  test('of refused secrets of a key that exists: each 401, at the key and at the API', async () => {
    const { apiKey, keyId, subscriptionId } = await makeKey(stack);
    const { refused401 = 0 } = await activityOf(stack, 'api');
    await manage('rotate-key', { keyId });
    const guess = formatKey({ prefix: 'user', keyId, secret: generateSecret() });
    for (const presented of [apiKey, guess, apiKey]) {
      expect((await stack.evaluate(presented)).status).toBe(401);
    }
    await manage('revoke-key', { keyId });
    expect((await stack.evaluate(apiKey)).status).toBe(401);
    const item = await keyActivity(keyId);
    expect(item).toMatchObject({ refused401: 4, subscriptionId, tier: 'pro', lookAt: expect.any(String) });
    // Where a stranger calls from says nothing of the key.
    expect(item).not.toHaveProperty('networks');
    expect((await activityOf(stack, 'api')).refused401).toBe(refused401 + 4);
  });

  test('of everything else that is refused: a number at the API, no network and no item of its own', async () => {
    const { refused401 = 0 } = await activityOf(stack, 'api');
    const subjects = async () => {
      const { Items = [] } = await stack.dynamodb.send(
        new ScanCommand({ TableName: tableOf(stack, 'Activity') }),
      );
      const all = Items.map(({ subject }) => String(subject));
      return all.filter((subject) => !subject.startsWith('batch#')).sort();
    };
    const before = await subjects();
    for (let n = 0; n < 5; n++) {
      const unknown = formatKey({ prefix: 'user', keyId: generateKeyId(), secret: generateSecret() });
      for (const presented of [unknown, `${unknown}0`, 'garbage', undefined]) {
        expect((await stack.evaluate(presented)).status).toBe(401);
      }
    }
    expect(await activityOf(stack, 'api')).toMatchObject({
      refused401: refused401 + 20,
      lookAt: expect.any(String),
    });
    // Nothing of strangers but how many they are.
    for (const name of ['subscriptionId', 'networks'])
      expect(await activityOf(stack, 'api')).not.toHaveProperty(name);
    expect(await subjects()).toEqual([...new Set([...before, 'api'])].sort());
  });

  test('of other routes: nothing', async () => {
    const before = await activityOf(stack, 'api');
    expect((await stack.request('GET', '/account')).status).toBe(401);
    expect((await stack.request('GET', '/nowhere')).status).toBeGreaterThanOrEqual(400);
    expect((await stack.request('OPTIONS', '/usage')).status).toBeLessThan(300);
    expect(await activityOf(stack, 'api')).toEqual(before);
  });

  test('is known to the look that a jump of the clock starts', async () => {
    const { apiKey, keyId } = await makeKey(stack);
    await stack.evaluate(apiKey);
    // Nobody waits for the lines here: the hourly look within the jump has to find them.
    const from = stack.clock.now();
    await setClock(stack, new Date(from + 3 * 3_600_000));
    const { Item } = await stack.dynamodb.send(
      new GetCommand({
        TableName: tableOf(stack, 'Activity'),
        Key: { subject: `key#${keyId}` },
        ConsistentRead: true,
      }),
    );
    expect(Item).toMatchObject({ model: expect.stringContaining('"127.0.0.0/24"') });
    expect(Date.parse(Item?.['through'])).toBeGreaterThan(from);
    for (const taken of ['firstAt', 'networks']) expect(Item).not.toHaveProperty(taken);
    const again = stack.clock.now();
    await stack.evaluate(apiKey);
    expect(await keyActivity(keyId)).toMatchObject({
      lookAt: hourOf(again),
      networks: new Set(['127.0.0.0/24']),
    });
  });

  test('is counted once though CloudWatch hands it over twice, or tries whether anybody is there', async () => {
    const { keyId } = await makeKey(stack);
    const line = accessLine({ at: stack.clock.now(), status: 403, keyId, sourceIp: '2001:db8:7::1' });
    const batch = {
      messageType: 'DATA_MESSAGE',
      logGroup: '/latchkey/dev/api-access',
      logEvents: [{ id: '1', timestamp: stack.clock.now(), message: line }],
    };
    const control = {
      messageType: 'CONTROL_MESSAGE',
      logGroup: '',
      logEvents: [{ id: '', timestamp: 1, message: 'CWL CONTROL MESSAGE' }],
    };
    for (const message of [batch, control, batch]) {
      const data = gzipSync(JSON.stringify(message)).toString('base64');
      expect(await stack.manage('aggregate-traffic', { awslogs: { data } })).toBeNull();
    }
    expect(await keyActivity(keyId)).toMatchObject({
      refused403: 1,
      networks: new Set(['2001:db8:7::/48']),
    });
  });

  test('leaves no address behind, neither in the table nor in the function’s log', async () => {
    await stack.logSubscriptions.whenIdle(30_000);
    const { Items } = await stack.dynamodb.send(new ScanCommand({ TableName: tableOf(stack, 'Activity') }));
    const lines = await functionLog(stack, 'aggregate-traffic');
    expect(lines.filter(({ message }) => message === 'aggregated').length).toBeGreaterThan(5);
    const text = JSON.stringify([lines, Items?.map((item) => [item, [...(item['networks'] ?? [])]])]);
    expect(text).toContain('127.0.0.0/24');
    expect(text).not.toMatch(/127\.0\.0\.[1-9]|2001:db8:7::1/);
  });
});

describe('when a write fails half-way', () => {
  let faulty: FaultyStack;
  beforeAll(async () => {
    faulty = await startFaultyStack(['aggregate-traffic']);
    // Away from the end of an hour: a look would take in what this is about.
    await setClock(faulty.stack, new Date(inNextMonth()));
  });
  afterAll(() => faulty.close());

  test.each([
    [
      'refusals are counted, and then nothing can be noted',
      'UpdateItem',
      { status: 400, error: 'AccessDeniedException' },
    ],
    ['refusals cannot be counted', 'TransactWriteItems', { status: 400, error: 'AccessDeniedException' }],
    ['the answer to the counting is lost', 'TransactWriteItems', 'answer-lost'],
  ] as const)('%s: Lambda tries again, and each refusal is there once', async (_, operation, fault) => {
    const { stack, functions } = faulty;
    const { apiKey, keyId, subscriptionId } = await makeKey(stack);
    await setUsed(stack, subscriptionId, 10_000);
    let faults = 0;
    functions['aggregate-traffic']?.setFault((call) => {
      if (call.operation !== operation) return undefined;
      faults += 1;
      return fault;
    });
    for (let n = 0; n < 3; n++) expect((await stack.evaluate(apiKey)).status).toBe(429);
    await expect(stack.logSubscriptions.whenIdle(60_000)).rejects.toThrow('waits for another attempt');
    expect(faults).toBeGreaterThan(0);
    functions['aggregate-traffic']?.setFault(() => undefined);
    await setClock(stack, new Date(stack.clock.now() + 61_000));
    expect(await activityOf(stack, `key#${keyId}`)).toMatchObject({
      refused429: 3,
      networks: new Set(['127.0.0.0/24']),
      lookAt: expect.any(String),
    });
  });
});
