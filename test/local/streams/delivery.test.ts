import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { LambdaRecord } from '../../../local/streams/lambda-record.ts';
import {
  batches,
  breakFunction,
  DAY,
  HOUR,
  type Launched,
  type LaunchOptions,
  launch,
  mapping,
  nameOf,
  newDataDir,
  readsStreams,
  removeDataDirs,
  repairFunction,
  streamArn,
  table,
} from './support.ts';

let local: Launched;
afterEach(() => local.stop());
afterAll(removeDataDirs);

const bound = { timeout: 20_000, interval: 10 };

/** The stack with a mapping `Mapping` of these properties. */
async function start(properties: Record<string, unknown> = {}, options: Partial<LaunchOptions> = {}) {
  local = await launch({ resources: [table('Things'), mapping('Mapping', properties)], ...options });
}

/** Items 1 to n of one key; those in `poison` carry it. */
async function put(parts: readonly number[], poison: Readonly<Record<number, string>> = {}, id = 'a') {
  for (const part of parts) {
    const item = { id, part, ...(poison[part] && { poison: poison[part] }) };
    await local.documents.send(new PutCommand({ TableName: 'Things', Item: item }));
  }
}

const names = (name?: string) => batches(local.dataDir, name).map((batch) => batch.map(nameOf).join(' '));
const delivered = (name?: string) => batches(local.dataDir, name).flat().map(nameOf);
/** Stops the stack, and starts it with other properties on the same data. */
async function restart(properties: Record<string, unknown> = {}, options: Partial<LaunchOptions> = {}) {
  const { dataDir } = local;
  await local.stop();
  await start(properties, { dataDir, ...options });
}

describe('a function', () => {
  test('gets records as Lambda hands them over', async () => {
    await start();
    await put([1]);
    await local.streams.whenIdle();
    const keys = { id: { S: 'a' }, part: { N: '1' } };
    expect(batches(local.dataDir)).toEqual([
      [
        {
          eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'eu-central-1',
          dynamodb: {
            ApproximateCreationDateTime: expect.closeTo(local.clock.now() / 1000, -1),
            Keys: keys,
            NewImage: keys,
            SequenceNumber: '100000000000000000001',
            SizeBytes: 18,
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: streamArn('Things'),
        },
      ],
    ]);
  });

  test('is told when it was the time to live that deleted', async () => {
    await start();
    const expiresAt = Math.floor(local.clock.now() / 1000) + 60;
    const Item = { id: 'a', part: 1, expiresAt };
    await local.documents.send(new PutCommand({ TableName: 'Things', Item }));
    // The move is over when the function has it.
    await local.advance(HOUR);
    const [inserted, removed] = batches(local.dataDir).flat();
    expect(inserted).not.toHaveProperty('userIdentity');
    expect(removed).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
  });

  test('gets what was written while nothing ran, in batches of the size that the mapping says', async () => {
    await start({ Enabled: false });
    await put([1, 2, 3, 4, 5]);
    await restart({ BatchSize: 2 });
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1 a2', 'a3 a4', 'a5']);
  });

  test('gets each record once when nothing goes wrong, over restarts too', async () => {
    await start();
    for (let round = 1; round <= 3; round++) {
      await put([round]);
      await local.streams.whenIdle();
      await restart();
    }
    await local.streams.whenIdle();
    expect(delivered()).toEqual(['a1', 'a2', 'a3']);
  });

  test('gets nothing from before its mapping with LATEST, and everything from then on', async () => {
    await start({ Enabled: false, StartingPosition: 'LATEST' });
    await put([1]);
    await restart({ StartingPosition: 'LATEST' });
    await put([2]);
    await restart({ StartingPosition: 'LATEST', Enabled: false });
    await put([3]);
    await restart({ StartingPosition: 'LATEST' });
    await local.streams.whenIdle();
    expect(delivered()).toEqual(['a2', 'a3']);
  });

  test('gets only what a filter lets through', async () => {
    const Filters = [
      { Pattern: '{"dynamodb":{"NewImage":{"part":{"N":["2"]}}}}' },
      { Pattern: '{"dynamodb":{"NewImage":{"poison":{"S":[{"exists":true}]}}}}' },
    ];
    await start({ FilterCriteria: { Filters } });
    await put([1, 2, 3, 4], { 4: 'throw' });
    await local.streams.whenIdle();
    expect(delivered()).toEqual(['a2', 'a4']);
  });

  test('gets the records of each key in order with several batches at a time', async () => {
    await start({ ParallelizationFactor: 4, BatchSize: 3 });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await Promise.all(ids.map((id) => put([1, 2, 3, 4, 5], {}, id)));
    await local.streams.whenIdle();
    // Keys move between lanes when their number changes; nothing is lost in that.
    await restart({ ParallelizationFactor: 2, BatchSize: 3 });
    await Promise.all(ids.map((id) => put([6], {}, id)));
    await local.streams.whenIdle();
    const seen = Object.groupBy(delivered(), (name) => name.slice(0, 1));
    for (const id of ids) {
      expect(seen[id]).toEqual([1, 2, 3, 4, 5, 6].map((part) => `${id}${part}`));
    }
  });
});

test('two mappings on one stream get everything, each at its own pace', async () => {
  local = await launch({
    resources: [
      table('Things'),
      mapping('First', { BatchSize: 1 }),
      mapping('Second', { FunctionName: 'other', BatchSize: 1 }),
    ],
    functions: ['consumer', 'other'],
  });
  breakFunction(local.dataDir, 'other');
  await put([1, 2, 3], { 1: 'throw' });
  await vi.waitFor(() => expect(delivered()).toEqual(['a1', 'a2', 'a3']), bound);
  await vi.waitFor(() => expect(new Set(delivered('other'))).toEqual(new Set(['a1'])), bound);
  await expect(local.streams.whenIdle(10)).rejects.toThrow(
    /^Streams are not idle after 10 ms: Second \((failed: TypeError|under way)\)$/,
  );
  repairFunction(local.dataDir, 'other');
  await local.streams.whenIdle();
  expect([...new Set(delivered('other'))]).toEqual(['a1', 'a2', 'a3']);
});

describe('a poisoned record', () => {
  /** Writes a batch with a poisoned record while nothing runs, then starts with the properties. */
  async function startPoisoned(poison: string, properties: Record<string, unknown>) {
    await start({ Enabled: false });
    breakFunction(local.dataDir);
    await put([1, 2, 3, 4], { 3: poison });
    await restart(properties);
  }
  const givenUp = () =>
    local.lines.flatMap((line) => {
      const json = /^Mapping: gives up: (.*)$/.exec(line)?.[1];
      return json === undefined ? [] : [JSON.parse(json)];
    });

  test('holds back what comes after it while it may still succeed', async () => {
    await startPoisoned('throw', { BatchSize: 1 });
    await vi.waitFor(
      () => expect(delivered().filter((name) => name === 'a3').length).toBeGreaterThan(2),
      bound,
    );
    expect(delivered()).not.toContain('a4');
    repairFunction(local.dataDir);
    await local.streams.whenIdle();
    expect(delivered().at(-1)).toBe('a4');
  });

  test('is given up after MaximumRetryAttempts and blocks nothing then', async () => {
    await startPoisoned('throw', { BatchSize: 1, MaximumRetryAttempts: 2 });
    await local.streams.whenIdle();
    await put([5]);
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1', 'a2', 'a3', 'a3', 'a3', 'a4', 'a5']);
    expect(givenUp()).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
        DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: '100000000000000000003' },
      },
    ]);
  });

  test('is found by splitting the batch, so that only it is given up', async () => {
    await startPoisoned('throw', { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 });
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1 a2 a3 a4', 'a1 a2', 'a3 a4', 'a3', 'a3', 'a4']);
  });

  test('costs the whole batch without splitting', async () => {
    await startPoisoned('throw', { MaximumRetryAttempts: 1 });
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1 a2 a3 a4', 'a1 a2 a3 a4']);
    expect(givenUp()).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 4 } }]);
  });

  test('that is reported repeats nothing before it, also after a restart', async () => {
    const properties = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
    await startPoisoned('report', properties);
    await vi.waitFor(() => expect(names().length).toBeGreaterThan(2), bound);
    expect([...new Set(names())]).toEqual(['a1 a2 a3 a4', 'a3 a4']);
    await restart(properties);
    repairFunction(local.dataDir);
    await local.streams.whenIdle();
    expect([...new Set(names())]).toEqual(['a1 a2 a3 a4', 'a3 a4']);
  });

  test('that is reported to a mapping that does not ask for reports passes as delivered', async () => {
    await startPoisoned('report', {});
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1 a2 a3 a4']);
  });

  test('whose report is malformed fails the whole batch', async () => {
    await startPoisoned('malform', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 1,
    });
    await local.streams.whenIdle();
    expect(names()).toEqual(['a1 a2 a3 a4', 'a1 a2 a3 a4']);
  });

  test.each([
    ['after 24 hours without any limit', {}, 25 * HOUR],
    ['after MaximumRecordAgeInSeconds', { MaximumRecordAgeInSeconds: 60 }, 2 * 60_000],
  ])('is given up %s, on the moved clock', async (_, properties, age) => {
    await startPoisoned('throw', { BatchSize: 1, ...properties });
    await vi.waitFor(() => expect(delivered()).toContain('a3'), bound);
    await put([5]);
    await local.advance(age);
    await local.streams.whenIdle();
    expect(delivered().slice(-2)).toEqual(['a4', 'a5']);
    expect(givenUp()).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('keeps a step of a move of the clock waiting for one more attempt and no longer', async () => {
    await startPoisoned('throw', { BatchSize: 1 });
    await vi.waitFor(() => expect(delivered()).toContain('a3'), bound);
    const began = performance.now();
    await local.advance(23 * HOUR);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});

test('a jump over days loses no record that nobody had time to look at', async () => {
  await start({ MaximumRecordAgeInSeconds: 60 });
  await put([1, 2, 3]);
  await local.advance(3 * DAY);
  expect(delivered()).toEqual(['a1', 'a2', 'a3']);
});

test('a stop waits for the batch under way, which is not repeated', async () => {
  await start({ BatchSize: 1 });
  await Promise.all([put([1]), put([2]), put([3])]);
  await restart({ BatchSize: 1 });
  await local.streams.whenIdle();
  expect(delivered().toSorted()).toEqual(['a1', 'a2', 'a3']);
});

describe('a mapping whose function’s role may not read the stream', () => {
  test.each(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'])(
    'does not start and says so in one line: %s',
    async (action) => {
      const denied = { Effect: 'Deny', Action: `dynamodb:${action}`, Resource: '*' };
      await start({}, { statements: [...readsStreams, denied] });
      await put([1]);
      await local.streams.whenIdle();
      expect(delivered()).toEqual([]);
      const on = action === 'ListStreams' ? '*' : streamArn('Things');
      expect(local.lines).toEqual([
        `Mapping: does not start: arn:aws:iam::111122223333:role/reader lacks dynamodb:${action} on ${on}`,
      ]);
      // Once the role may, nothing was missed.
      await restart();
      await local.streams.whenIdle();
      expect(delivered()).toEqual(['a1']);
    },
  );
});

describe('what is not supported is refused by name', () => {
  test.each<[properties: Record<string, unknown>, message: string]>([
    [{ TumblingWindowInSeconds: 30 }, 'TumblingWindowInSeconds is not supported'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPosition: '],
    [{ BatchSize: 10_001 }, 'BatchSize: '],
    [{ MaximumRecordAgeInSeconds: 5 }, 'MaximumRecordAgeInSeconds: '],
    [{ FunctionResponseTypes: ['Else'] }, 'FunctionResponseTypes.0: '],
    [
      { FunctionName: 'nobody' },
      'FunctionName: arn:aws:lambda:eu-central-1:111122223333:function:nobody is no',
    ],
    [{ EventSourceArn: streamArn('Plain') }, 'EventSourceArn: no table of the template has the stream'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{' }] } }, 'FilterCriteria.Filters.0.Pattern: '],
    [
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"wildcard":"*"}]}' }] } },
      'FilterCriteria.Filters.0.Pattern: eventName: operator wildcard is not supported',
    ],
  ])('%j', async (properties, message) => {
    const dataDir = newDataDir();
    await expect(start(properties, { dataDir })).rejects.toThrow(
      `AWS::Lambda::EventSourceMapping "Mapping": ${message}`,
    );
    // For the hook that stops what a test leaves.
    await start({}, { dataDir });
  });
});

test('a redelivered record is the same record, to the byte', async () => {
  await start({ Enabled: false });
  breakFunction(local.dataDir);
  await put([1], { 1: 'throw' });
  await restart({ MaximumRetryAttempts: 3 });
  await local.streams.whenIdle();
  const [first, ...again] = batches(local.dataDir) as [LambdaRecord[], ...LambdaRecord[][]];
  expect(again).toEqual([first, first, first]);
});
