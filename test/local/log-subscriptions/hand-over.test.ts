import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Clock, createClock } from '../../../local/clock.ts';
import { type LogSubscriptions, startLogSubscriptions } from '../../../local/log-subscriptions.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';
import { environment, failure, functionArn, permission, recordingInvoker } from '../schedules/support.ts';

const group = '/latchkey/dev/api-access';

function filter(logicalId: string, properties: Record<string, unknown> = {}): ResolvedResource {
  const all = {
    LogGroupName: group,
    DestinationArn: functionArn('count'),
    FilterPattern: '{ $.kind = "a" }',
    ...properties,
  };
  return {
    logicalId,
    type: 'AWS::Logs::SubscriptionFilter',
    ref: logicalId,
    attributes: {},
    properties: all,
  };
}

const count: ResolvedResource = {
  logicalId: 'Count',
  type: 'AWS::Lambda::Function',
  ref: 'count',
  attributes: { Arn: functionArn('count') },
  properties: {},
};

const allowed = (properties: Record<string, unknown> = {}) =>
  permission('Logs', {
    FunctionName: functionArn('count'),
    Principal: 'logs.amazonaws.com',
    SourceArn: `arn:aws:logs:eu-central-1:000000000000:log-group:${group}:*`,
    SourceAccount: '000000000000',
    ...properties,
  });

interface Started extends LogSubscriptions {
  readonly clock: Clock;
  readonly complaints: string[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function start(
  invoker = recordingInvoker(),
  resources: readonly ResolvedResource[] = [filter('Lines'), allowed()],
): Started {
  const state = openState(':memory:');
  const clock = createClock({ state });
  const complaints: string[] = [];
  const started = startLogSubscriptions({
    environment,
    clock,
    resources: [count, ...resources],
    invoker,
    log: (line) => complaints.push(line),
  });
  closing.push(async () => {
    await started.close();
    state.close();
  });
  return { ...started, clock, complaints };
}

function decoded(payload: unknown): CloudWatchLogsDecodedData {
  const { data } = (payload as CloudWatchLogsEvent).awslogs;
  return JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8'));
}

const lineOf = (n: number, kind = 'a') => JSON.stringify({ kind, n });
const linesIn = (invoker: ReturnType<typeof recordingInvoker>) =>
  invoker.calls.map(({ payload }) => decoded(payload).logEvents.map(({ message }) => JSON.parse(message).n));

describe('lines of a log group', () => {
  test('reach the function as CloudWatch Logs packs them, at the time of the moved clock', async () => {
    const invoker = recordingInvoker();
    const { take, whenIdle, clock } = start(invoker);
    await clock.moveTo(Date.now() + 30 * 86_400_000);
    take(group, lineOf(1));
    take(group, lineOf(2));
    await whenIdle();
    expect(invoker.calls.map(({ functionName }) => functionName)).toEqual(['count']);
    const message = decoded(invoker.calls[0]?.payload);
    expect(message).toEqual({
      messageType: 'DATA_MESSAGE',
      owner: '000000000000',
      logGroup: group,
      logStream: 'local',
      subscriptionFilters: ['Lines'],
      logEvents: [1, 2].map((n) => ({
        id: expect.stringMatching(/^\d{56}$/),
        timestamp: expect.any(Number),
        message: lineOf(n),
      })),
    });
    const [first, second] = message.logEvents;
    expect(first?.id).not.toBe(second?.id);
    expect(Math.abs((first?.timestamp ?? 0) - clock.now())).toBeLessThan(60_000);
  });

  test('go by themselves in a moment, many at a time', async () => {
    const invoker = recordingInvoker();
    const { take } = start(invoker);
    for (let n = 0; n < 5; n++) take(group, lineOf(n));
    expect(invoker.calls).toEqual([]);
    await vi.waitFor(() => expect(linesIn(invoker)).toEqual([[0, 1, 2, 3, 4]]), { timeout: 10_000 });
  });

  test('go five hundred at most at a time, in order, and none is missing', async () => {
    const invoker = recordingInvoker();
    const { take, whenIdle } = start(invoker);
    for (let n = 0; n < 1_234; n++) take(group, lineOf(n));
    await whenIdle();
    expect(linesIn(invoker).map(({ length }) => length)).toEqual([500, 500, 234]);
    expect(linesIn(invoker).flat()).toEqual(Array.from({ length: 1_234 }, (_, n) => n));
  });

  test('that the pattern does not match, that are no JSON or of another group stay where they are', async () => {
    const invoker = recordingInvoker();
    const { take, whenIdle } = start(invoker);
    take(group, lineOf(1, 'b'));
    take(group, '{"kind":"a"');
    take(group, 'START');
    take('/latchkey/dev/other', lineOf(2));
    take(group, lineOf(3));
    await whenIdle();
    expect(linesIn(invoker)).toEqual([[3]]);
  });

  test('reach both filters of a group', async () => {
    const invoker = recordingInvoker();
    const both = [filter('A'), filter('B', { FilterPattern: '{ $.kind = "*" }' }), allowed()];
    const { take, whenIdle } = start(invoker, both);
    take(group, lineOf(1));
    take(group, lineOf(2, 'b'));
    await whenIdle();
    expect(linesIn(invoker)).toEqual([[1], [1, 2]]);
  });

  test('that a function fails on come again after one and after two minutes of the clock, and then no more', async () => {
    const invoker = recordingInvoker(() => failure());
    const { take, whenIdle, clock, complaints } = start(invoker);
    take(group, lineOf(1));
    await expect(whenIdle()).rejects.toThrow('Lines (waits for another attempt)');
    await clock.moveTo(clock.now() + 61_000);
    expect(invoker.calls).toHaveLength(2);
    await vi.waitFor(() => expect(complaints).toHaveLength(2));
    await clock.moveTo(clock.now() + 121_000);
    expect(invoker.calls).toHaveLength(3);
    await vi.waitFor(() => expect(complaints.at(-1)).toContain('Event discarded'));
    await whenIdle();
    expect(new Set(invoker.calls.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
  });

  test('from before a jump of the clock are taken before the step is over', async () => {
    const invoker = recordingInvoker();
    const { take, clock } = start(invoker);
    const taken: number[] = [];
    take(group, lineOf(1));
    // Whoever listens later, as the schedules do.
    clock.onMove(async () => {
      taken.push(invoker.calls.length);
    });
    await clock.moveTo(clock.now() + 3_600_000);
    expect(taken).toEqual([1]);
  });

  test('that wait at the end are handed over first, and none is taken from then on', async () => {
    const invoker = recordingInvoker();
    const { take, close } = start(invoker);
    take(group, lineOf(1));
    await close();
    take(group, lineOf(2));
    expect(linesIn(invoker)).toEqual([[1]]);
  });
});

describe('a function', () => {
  test.each([
    ['without a permission', []],
    [
      'with a permission for another group',
      [allowed({ SourceArn: 'arn:aws:logs:eu-central-1:000000000000:log-group:/x:*' })],
    ],
    ['with a permission for another account', [allowed({ SourceAccount: '999999999999' })]],
    [
      'with a permission for another service',
      [allowed({ Principal: 'events.amazonaws.com', SourceAccount: undefined })],
    ],
  ])('%s gets nothing, and the log says why', async (_, permissions) => {
    const invoker = recordingInvoker();
    const { take, whenIdle, complaints } = start(invoker, [filter('Lines'), ...permissions]);
    take(group, lineOf(1));
    await whenIdle();
    expect(invoker.calls).toEqual([]);
    expect(complaints).toEqual([
      expect.stringContaining('no AWS::Lambda::Permission allows it to logs.amazonaws.com'),
    ]);
  });
});

describe('is refused by name', () => {
  test.each([
    [
      'a property that is not played',
      filter('Lines', { RoleArn: 'arn:aws:iam::000000000000:role/x' }),
      /"Lines".*RoleArn/,
    ],
    [
      'a destination that is no function',
      filter('Lines', { DestinationArn: 'arn:aws:kinesis:eu-central-1:000000000000:stream/x' }),
      /"Lines".*DestinationArn/,
    ],
    [
      'a function that is not in the template',
      filter('Lines', { DestinationArn: functionArn('other') }),
      /"Lines".*other is no function/,
    ],
    [
      'a pattern that is not played',
      filter('Lines', { FilterPattern: 'ERROR' }),
      /"Lines".*FilterPattern.*no JSON/,
    ],
  ])('%s', (_, resource, message) => {
    expect(() => start(undefined, [resource, allowed()])).toThrow(message);
  });

  test('a third filter of one group', () => {
    expect(() => start(undefined, [filter('A'), filter('B'), filter('C'), allowed()])).toThrow(
      /"C".*has 2 subscription filters already/,
    );
  });
});
