import { GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aggregateTraffic, type LogBatch } from '../../functions/alerts/aggregate-traffic.ts';
import { type ActivityItem, lookShardOf } from '../../functions/alerts/rules/activity-item.ts';
import { mostNetworks } from '../../functions/alerts/rules/traffic-of.ts';
import { createTrafficStore } from '../../functions/alerts/stores/traffic-store.ts';
import type { DocumentClient } from '../../functions/runtime/dynamodb.ts';
import { type LocalDynamoDb, launch, removeDataDirs, tableResource } from '../local/dynamodb/harness.ts';
import { accessLine, refusalLine } from './log-samples.ts';

/** Batches of log lines against tables with DynamoDB's transactions and conditions. */

const table = tableResource('Activity', {
  KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'subject', AttributeType: 'S' },
    { AttributeName: 'dueShard', AttributeType: 'N' },
    { AttributeName: 'lookAt', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byLook',
      KeySchema: [
        { AttributeName: 'dueShard', KeyType: 'HASH' },
        { AttributeName: 'lookAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
});
const TableName = table.ref;

let tables: LocalDynamoDb;
beforeAll(async () => {
  tables = await launch({ tables: [table] });
});
afterAll(async () => {
  await tables.stop();
  removeDataDirs();
});

const at = Date.parse('2026-11-27T12:34:56.000Z');
const hour = '2026-11-27T12:00:00.000Z';
let keyIds = 0;
let keyId = '';
beforeEach(() => {
  keyId = newKeyId();
});

function newKeyId(): string {
  keyIds += 1;
  return `key${String(keyIds).padStart(9, '0')}`;
}

let eventIds = 0;
function batchOf(lines: readonly string[], logGroup = '/latchkey/dev/api-access'): LogBatch {
  return {
    logGroup,
    logEvents: lines.map((message) => ({ id: String(++eventIds).padStart(56, '0'), timestamp: at, message })),
  };
}

/** A request with the key of this test. */
function line(more: Partial<Parameters<typeof accessLine>[0]> = {}): string {
  return accessLine({
    at,
    status: 200,
    keyId,
    subscriptionId: 'sub_1',
    tier: 'pro',
    sourceIp: '198.51.100.7',
    ...more,
  });
}

function aggregate(batch: LogBatch, client: DocumentClient = tables.documents) {
  return aggregateTraffic(batch, at + 60_000, createTrafficStore(client, TableName));
}

async function itemOf(subject = `key#${keyId}`): Promise<Partial<ActivityItem>> {
  const { Item } = await tables.documents.send(
    new GetCommand({ TableName, Key: { subject }, ConsistentRead: true }),
  );
  return (Item ?? {}) as Partial<ActivityItem>;
}

const change = (UpdateExpression: string, values?: Record<string, unknown>) =>
  tables.documents.send(
    new UpdateCommand({
      TableName,
      Key: { subject: `key#${keyId}` },
      UpdateExpression,
      ExpressionAttributeValues: values,
    }),
  );

/** How many were refused, by status. */
const refusedOf = ({ refused401, refused403, refused429 }: Partial<ActivityItem>) => [
  refused401,
  refused403,
  refused429,
];

describe('a batch', () => {
  test('makes an item of what was seen of a key, and has somebody look at it', async () => {
    const report = await aggregate(
      batchOf([line(), line({ at: at - 1_000, status: 429, sourceIp: '2001:db8::1' }), 'START', '{}']),
    );
    expect(report).toEqual({ lines: 4, skipped: 2, subjects: 1, refused: 1, again: false });
    expect(await itemOf()).toEqual({
      subject: `key#${keyId}`,
      subscriptionId: 'sub_1',
      tier: 'pro',
      refused429: 1,
      networks: new Set(['198.51.100.0/24', '2001:db8::/48']),
      firstAt: '2026-11-27T12:34:55.000Z',
      seen: 2,
      dueShard: lookShardOf(`key#${keyId}`),
      lookAt: hour,
      ttl: at / 1000 + 400 * 86_400,
    });
    const { Items } = await tables.documents.send(
      new QueryCommand({
        TableName,
        IndexName: 'byLook',
        KeyConditionExpression: 'dueShard = :shard AND lookAt <= :now',
        ExpressionAttributeValues: { ':shard': lookShardOf(`key#${keyId}`), ':now': hour },
      }),
    );
    expect(Items).toContainEqual({
      subject: `key#${keyId}`,
      dueShard: lookShardOf(`key#${keyId}`),
      lookAt: hour,
    });
  });

  test('of nothing but successes is one write for each key, and no transaction', async () => {
    await aggregate(batchOf([line()]));
    const calls: string[] = [];
    const others = [newKeyId(), newKeyId()];
    for (const other of others) await aggregate(batchOf([line({ keyId: other })]));
    await aggregate(
      batchOf([line(), ...others.map((other) => line({ keyId: other }))]),
      spying((name) => void calls.push(name)),
    );
    expect(calls).toEqual(['UpdateCommand', 'UpdateCommand', 'UpdateCommand']);
  });

  test('counts what belongs to no key by itself: whatever is in the way of that item is in the way of no key', async () => {
    const calls: string[] = [];
    await aggregate(
      batchOf([line({ status: 403 }), line({ status: 429 }), line({ keyId: '-', status: 401 })]),
      spying((name) => void calls.push(name)),
    );
    expect(calls.filter((name) => name === 'TransactWriteCommand')).toHaveLength(2);
    expect(await itemOf()).toMatchObject({ refused403: 1, refused429: 1 });
    expect(await itemOf('api')).toMatchObject({ refused401: 1 });
  });

  test('of refusals by the authorizer counts them for the key, with no network', async () => {
    const refusal = { at, keyId, subscriptionId: 'sub_1', tier: 'free' };
    await aggregate(
      batchOf([
        refusalLine({ ...refusal, reason: 'retired-secret' }),
        refusalLine({ ...refusal, reason: 'wrong-secret' }),
        refusalLine({ at, reason: 'malformed' }),
      ]),
    );
    expect(await itemOf()).toMatchObject({
      refused401: 2,
      tier: 'free',
      subscriptionId: 'sub_1',
      lookAt: hour,
    });
    expect(await itemOf()).not.toHaveProperty('networks');
  });

  test('of no line of ours writes nothing', async () => {
    const calls: string[] = [];
    const report = await aggregate(
      batchOf(['', 'END']),
      spying((name) => void calls.push(name)),
    );
    expect([report.skipped, calls]).toEqual([2, []]);
  });

  test('keeps nothing of an address but its network', async () => {
    await aggregate(
      batchOf([line({ sourceIp: '203.0.113.211' }), line({ sourceIp: '2001:db8:77:66:55::44' })]),
    );
    const { Items } = await tables.documents.send(new ScanCommand({ TableName }));
    const text = JSON.stringify(Items?.map((item) => [item, [...(item['networks'] ?? [])]]));
    expect(text).toContain('203.0.113.0/24');
    expect(text).not.toMatch(/211|:66:|:44/);
  });
});

describe('refusals are counted once', () => {
  const mixed = () =>
    batchOf([line({ status: 429 }), line({ status: 403 }), line({ status: 429 }), line({ status: 200 })]);

  test('when the batch comes twice, in whatever order its lines are', async () => {
    const batch = mixed();
    expect(await aggregate(batch)).toMatchObject({ again: false });
    const reversed = { ...batch, logEvents: batch.logEvents.toReversed() };
    expect(await aggregate(reversed)).toMatchObject({ again: true, refused: 3 });
    expect(refusedOf(await itemOf())).toEqual([undefined, 1, 2]);
  });

  test('when it comes ten times at once', async () => {
    const batch = mixed();
    const reports = await Promise.all(Array.from({ length: 10 }, () => aggregate(batch)));
    expect(reports.filter(({ again }) => !again)).toHaveLength(1);
    expect(refusedOf(await itemOf())).toEqual([undefined, 1, 2]);
  });

  test('and all of them, when ten different batches of the same key come at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => aggregate(mixed())));
    expect(refusedOf(await itemOf())).toEqual([undefined, 10, 20]);
  });

  test('but equal lines of two batches are two', async () => {
    await aggregate(mixed());
    await aggregate(mixed());
    expect(refusedOf(await itemOf())).toEqual([undefined, 2, 4]);
  });

  test('wherever an attempt dies or loses an answer, when it is tried again', {
    timeout: 120_000,
  }, async () => {
    // More refused keys than one transaction takes, others besides, and one with many networks.
    const refused = Array.from({ length: 30 }, newKeyId);
    const quiet = Array.from({ length: 3 }, newKeyId);
    const networks = Array.from({ length: 20 }, (_, index) => line({ sourceIp: `10.0.${index}.1` }));
    const lines = [
      ...refused.flatMap((id) => [line({ keyId: id, status: 429 }), line({ keyId: id, status: 403 })]),
      ...quiet.map((id) => line({ keyId: id })),
      ...networks,
    ];
    const calls: string[] = [];
    await aggregate(batchOf(lines));
    // From now on each run takes as many calls as this one.
    await aggregate(
      batchOf(lines),
      spying((name) => void calls.push(name)),
    );
    expect(calls.filter((name) => name === 'TransactWriteCommand')).toHaveLength(2);
    let runs = 2;
    for (const when of ['before', 'after'] as const) {
      for (let at = 0; at < calls.length; at += at < 4 ? 1 : 11) {
        const batch = batchOf(lines);
        const dying = spying((_, count) => {
          if (count > at) throw new Error('the process is dead');
        }, when);
        await expect(aggregate(batch, dying)).rejects.toThrow('the process is dead');
        await aggregate(batch);
        runs += 1;
      }
    }
    for (const id of refused) expect(refusedOf(await itemOf(`key#${id}`))).toEqual([undefined, runs, runs]);
    for (const id of quiet) expect(await itemOf(`key#${id}`)).toMatchObject({ lookAt: hour });
    expect((await itemOf()).networks?.size).toBe(20);
  });

  test('a batch is remembered for three days', async () => {
    await aggregate(mixed());
    const { Items = [] } = await tables.documents.send(new ScanCommand({ TableName }));
    const markers = Items.filter(({ subject }) => String(subject).startsWith('batch#'));
    expect(markers.length).toBeGreaterThan(0);
    for (const marker of markers) {
      expect(marker).toEqual({
        subject: expect.stringMatching(/^batch#[0-9a-f]{64}#\d+$/),
        ttl: (at + 60_000) / 1000 + 3 * 86_400,
      });
    }
  });
});

describe('the time to look', () => {
  test.each([
    ['is the hour of the request where nobody waited', undefined, hour],
    ['stays earlier where a look is overdue', '2026-11-27T09:00:00.000Z', '2026-11-27T09:00:00.000Z'],
    ['stays where the look of this hour waits', hour, hour],
    ['replaces a look that was planned for later', '2026-11-27T18:34:00.000Z', hour],
    ['of a late line replaces that of a later hour', '2026-11-27T13:00:00.000Z', hour],
  ])('%s', async (_, before, after) => {
    if (before !== undefined) {
      await change('SET lookAt = :at, dueShard = :shard', { ':at': before, ':shard': 1 });
    }
    await aggregate(batchOf([line()]));
    expect((await itemOf()).lookAt).toBe(after);
  });

  test('is set again once somebody has looked, and so is the first request', async () => {
    await aggregate(batchOf([line()]));
    await aggregate(batchOf([line({ at: at + 1_000 })]));
    expect(await itemOf()).toMatchObject({ firstAt: '2026-11-27T12:34:56.000Z', seen: 2 });
    await change('REMOVE lookAt, firstAt, networks');
    await aggregate(batchOf([line({ at: at + 2_000 })]));
    expect(await itemOf()).toMatchObject({
      firstAt: '2026-11-27T12:34:58.000Z',
      lookAt: hour,
      seen: 3,
      networks: new Set(['198.51.100.0/24']),
    });
  });

  test('is never lost, whatever a look that comes between does', async () => {
    await aggregate(batchOf([line()]));
    let looked = 0;
    // The look takes place after the item was found as it usually is not, and before it is written as it was found.
    const racing = spying(async (name) => {
      if (name === 'UpdateCommand' && looked++ < 2) await change('REMOVE lookAt, networks');
    });
    await change('REMOVE lookAt');
    await aggregate(batchOf([line()]), racing);
    expect(looked).toBeGreaterThan(1);
    expect(await itemOf()).toMatchObject({ lookAt: hour, networks: new Set(['198.51.100.0/24']) });
  });

  test('and what the look keeps there are left alone', async () => {
    const kept = {
      model: '{}',
      through: hour,
      incidents: { 'surge/': { alertId: 'alert_1' } },
    };
    await tables.documents.send(
      new PutCommand({ TableName, Item: { subject: `key#${keyId}`, refused429: 7, ...kept } }),
    );
    await aggregate(batchOf([line({ status: 429 })]));
    expect(await itemOf()).toMatchObject({ ...kept, refused429: 8 });
  });
});

describe('networks', () => {
  test('are kept up to a bound, however many come, and requests of a full key are noted all the same', async () => {
    for (let round = 0; round < 4; round++) {
      const lines = Array.from({ length: 25 }, (_, index) =>
        line({ at: at + round, sourceIp: `10.${round}.${index}.1` }),
      );
      await aggregate(batchOf(lines));
    }
    const { networks, seen = 0 } = await itemOf();
    expect(networks?.size).toBeGreaterThanOrEqual(mostNetworks);
    expect(networks?.size).toBeLessThan(mostNetworks + 8);
    await aggregate(batchOf([line({ sourceIp: '192.0.2.1' })]));
    expect(await itemOf()).toMatchObject({ networks, seen: seen + 1 });
  });
});

test('ten thousand lines of five hundred keys are added up, no more than sixteen writes at once', {
  timeout: 60_000,
}, async () => {
  const ids = Array.from({ length: 500 }, newKeyId);
  const lines = Array.from({ length: 10_000 }, (_, index) =>
    line({
      keyId: ids[index % ids.length] ?? '',
      status: index % 4 === 0 ? 429 : 200,
      sourceIp: `10.0.${index % 7}.1`,
    }),
  );
  let atOnce = 0;
  let most = 0;
  const counting = spying(
    () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
    },
    'before',
    () => {
      atOnce -= 1;
    },
  );
  expect(await aggregate(batchOf(lines), counting)).toMatchObject({
    subjects: 500,
    skipped: 0,
    refused: 2_500,
  });
  expect(most).toBe(16);
});

test('whatever batches come, in whatever order and how often, the counts are those of their lines', {
  timeout: 60_000,
}, async () => {
  const drafts = fc.array(
    fc.array(fc.record({ who: fc.nat(2), status: fc.constantFrom(200, 401, 403, 429) }), { maxLength: 8 }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(drafts, fc.array(fc.nat(3), { maxLength: 8 }), async (all, repeats) => {
      const ids = [newKeyId(), newKeyId(), newKeyId()];
      const batches = all.map((lines) =>
        batchOf(lines.map(({ who, status }) => line({ keyId: ids[who] ?? '', status }))),
      );
      const order = [...batches.keys(), ...repeats.map((index) => index % batches.length)];
      await Promise.all(order.map((index) => aggregate(batches[index] ?? batchOf([]))));
      for (const [who, id] of ids.entries()) {
        const countOf = (status: number) =>
          all.flat().filter((it) => it.who === who && it.status === status).length || undefined;
        expect(refusedOf(await itemOf(`key#${id}`))).toEqual([countOf(401), countOf(403), countOf(429)]);
      }
    }),
    { numRuns: 25 },
  );
});

/**
 * The client, with something done at each command before it is carried out, or after; what that throws is what the command
 * fails with.
 */
function spying(
  act: (name: string, count: number) => void | Promise<void>,
  when: 'before' | 'after' = 'before',
  done: () => void = () => {},
): DocumentClient {
  let count = 0;
  const send = async (command: Parameters<DocumentClient['send']>[0]) => {
    count += 1;
    const number = count;
    const { name } = command.constructor;
    try {
      if (when === 'before') await act(name, number);
      const answer = await tables.documents.send(command);
      if (when === 'after') await act(name, number);
      return answer;
    } finally {
      done();
    }
  };
  // Of the client, the store uses `send` and nothing else.
  return { send } as unknown as DocumentClient;
}
