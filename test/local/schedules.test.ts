import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AwsError } from '../../local/aws/service.ts';
import { type Clock, createClock } from '../../local/clock.ts';
import type { FunctionInvoker } from '../../local/lambda/invoker.ts';
import type { ResolvedResource } from '../../local/model.ts';
import { startSchedules } from '../../local/schedules.ts';
import { openState, type State } from '../../local/state.ts';
import {
  environment,
  failure,
  functionArn,
  permission,
  recordingInvoker,
  rule,
  ruleArn,
} from './schedules/support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const bound = { timeout: 10_000, interval: 5 };

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Started {
  readonly clock: Clock;
  readonly lines: string[];
  /** Moves by milliseconds. */
  advance(by: number): Promise<void>;
  close(): Promise<void>;
}

/** Schedules over a state of their own, or over one of an earlier start. */
function start(
  resources: readonly ResolvedResource[],
  invoker: FunctionInvoker,
  state: State = memory(),
): Started {
  const clock = createClock({ state });
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const { close } = startSchedules({ environment, clock, state, resources, invoker, log });
  cleanUps.push(close);
  return { clock, lines, advance: (by) => clock.moveTo(clock.now() + by), close };
}

function memory(): State {
  const state = openState(':memory:');
  cleanUps.push(() => state.close());
  return state;
}

/** Something to wait for that the test decides on. */
function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const allowed = permission('Allowed');
const payloads = (invoker: ReturnType<typeof recordingInvoker>) =>
  invoker.calls.map(({ payload }) => payload);
const times = (invoker: ReturnType<typeof recordingInvoker>) =>
  payloads(invoker).map((payload) => Date.parse((payload as { time: string }).time));

describe('a move of the clock', () => {
  test('fires an hourly rule once for each day that it passes and once at its end, for the last due time', async () => {
    const invoker = recordingInvoker();
    const { clock, advance } = start([rule('Sweep'), allowed], invoker);
    const began = clock.now();
    await advance(83 * DAY + 2.5 * HOUR);
    const hours = times(invoker).map((time) => Math.round((time - began) / (HOUR / 60)) / 60);
    expect(hours).toEqual([...Array.from({ length: 83 }, (_, day) => (day + 1) * 24), 83 * 24 + 2]);
  });

  test('shows each day to the function while the clock stands at it', async () => {
    const standing: number[] = [];
    const invoker = recordingInvoker(() => void standing.push(clock.now()) as undefined);
    const { clock, advance } = start(
      [rule('Sweep', { ScheduleExpression: 'rate(1 day)' }), allowed],
      invoker,
    );
    const began = clock.now();
    await advance(3 * DAY);
    expect(standing.map((time) => Math.round((time - began) / HOUR))).toEqual([24, 48, 72]);
  });

  test('fires nothing when nothing falls due in it', async () => {
    const invoker = recordingInvoker();
    const { advance } = start([rule('Sweep'), allowed], invoker);
    await advance(30 * MINUTE);
    expect(invoker.calls).toEqual([]);
    await advance(31 * MINUTE);
    expect(invoker.calls).toHaveLength(1);
  });

  test('fires a cron rule for its time in UTC', async () => {
    const invoker = recordingInvoker();
    const { clock, advance } = start(
      [rule('Daily', { ScheduleExpression: 'cron(30 4 ? * * *)' }), allowed],
      invoker,
    );
    await clock.moveTo((Math.floor(clock.now() / DAY) + 1) * DAY + 4 * HOUR);
    invoker.calls.splice(0);
    await advance(HOUR);
    await advance(DAY);
    expect(payloads(invoker)).toMatchObject([
      { time: expect.stringMatching(/T04:30:00Z$/) },
      { time: expect.stringMatching(/T04:30:00Z$/) },
    ]);
    expect((times(invoker)[1] ?? 0) - (times(invoker)[0] ?? 0)).toBe(DAY);
  });

  test('is over when the functions are, which run one after the other', async () => {
    const running: string[] = [];
    const ended: string[] = [];
    const doors = [gate(), gate()];
    const invoker = recordingInvoker(async ({ payload }) => {
      const name = String((payload as { name: string }).name);
      running.push(name);
      await doors[running.length - 1]?.opened;
      ended.push(name);
      return { kind: 'returned', requestId: '', payload: null };
    });
    const target = (name: string) => ({
      Targets: [{ Id: 'T', Arn: functionArn('sweep'), Input: JSON.stringify({ name }) }],
    });
    const { advance } = start([rule('A', target('a')), rule('B', target('b')), allowed], invoker);
    const moved = advance(HOUR + MINUTE).then(() => ended.push('move'));
    await vi.waitFor(() => expect(running).toEqual(['a']), bound);
    doors[0]?.open();
    await vi.waitFor(() => expect(running).toEqual(['a', 'b']), bound);
    expect(ended).toEqual(['a']);
    doors[1]?.open();
    await moved;
    expect(ended).toEqual(['a', 'b', 'move']);
  });
});

describe('real time', () => {
  test('fires a rule when it is due, and again a period later', async () => {
    const invoker = recordingInvoker();
    const { advance } = start([rule('Tick', { ScheduleExpression: 'rate(1 minute)' }), allowed], invoker);
    // The beginning is rounded down to a second: one to two seconds are left to wait for.
    await advance(58_000);
    expect(invoker.calls).toEqual([]);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1), bound);
    await advance(58_000);
    expect(invoker.calls).toHaveLength(1);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(2), bound);
    expect((times(invoker)[1] ?? 0) - (times(invoker)[0] ?? 0)).toBe(MINUTE);
  });

  test('never overlaps invocations, and makes up for what fell due meanwhile with one', async () => {
    const door = gate();
    let running = 0;
    let most = 0;
    const invoker = recordingInvoker(async () => {
      most = Math.max(most, ++running);
      await door.opened;
      running -= 1;
      return { kind: 'returned', requestId: '', payload: null };
    });
    const { clock, advance } = start(
      [rule('Tick', { ScheduleExpression: 'rate(1 minute)' }), allowed],
      invoker,
    );
    const began = clock.now();
    // Not so close that a slow start makes it due within the move, which would wait for the door.
    await clock.moveTo(began + 58_000);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1), bound);
    const moved = advance(10 * MINUTE);
    await new Promise((resolve) => setImmediate(resolve));
    expect(invoker.calls).toHaveLength(1);
    door.open();
    await moved;
    expect(most).toBe(1);
    const minutes = times(invoker).map((time) => Math.round((time - began) / MINUTE));
    expect(minutes).toEqual([1, 11]);
  });

  test('schedules alone do not keep a process alive', async () => {
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
      const { openState } = await import(${url('../../local/state.ts')});
      const { createClock } = await import(${url('../../local/clock.ts')});
      const { startSchedules } = await import(${url('../../local/schedules.ts')});
      const state = openState(':memory:');
      startSchedules({
        environment: ${JSON.stringify(environment)}, clock: createClock({ state }), state,
        resources: ${JSON.stringify([rule('Sweep'), allowed])},
        invoker: { invoke: async () => { throw new Error('not due') } }, log: console.log,
      });
      console.log('started');`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
      { timeout: 30_000 },
    );
    expect(stdout).toBe('started\n');
  });
});

describe('what a function gets', () => {
  test('is EventBridge’s scheduled event', async () => {
    const invoker = recordingInvoker();
    const { clock, advance } = start([rule('Sweep'), allowed], invoker);
    const began = Math.floor(clock.now() / 1000) * 1000;
    await advance(HOUR);
    expect(invoker.calls).toEqual([
      {
        functionName: 'sweep',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        payload: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          account: '000000000000',
          time: new Date(began + HOUR).toISOString().replace('.000', ''),
          region: 'eu-central-1',
          resources: [ruleArn('Sweep')],
          detail: {},
        },
      },
    ]);
  });

  test('is the target’s constant input where there is one, for each target its own', async () => {
    const invoker = recordingInvoker();
    const Targets = [
      { Id: 'A', Arn: functionArn('sweep'), Input: '{"mode":"all"}' },
      { Id: 'B', Arn: functionArn('sweep'), Input: 'null' },
    ];
    const { advance } = start([rule('Sweep', { Targets }), allowed], invoker);
    await advance(HOUR);
    expect(payloads(invoker)).toEqual([{ mode: 'all' }, null]);
  });
});

describe('a rule that may not run', () => {
  test('invokes nothing without a permission, and says so once', async () => {
    const invoker = recordingInvoker();
    const other = permission('Other', { SourceArn: ruleArn('Other') });
    const { advance, lines } = start([rule('Sweep'), other], invoker);
    await advance(3 * DAY);
    expect(invoker.calls).toEqual([]);
    expect(lines).toEqual([
      `Sweep: never invokes ${functionArn('sweep')}: no AWS::Lambda::Permission allows it to events.amazonaws.com`,
    ]);
  });

  test('never fires while it is disabled, and has missed nothing when it is enabled again', async () => {
    const invoker = recordingInvoker();
    const state = memory();
    const first = start([rule('Sweep'), allowed], invoker, state);
    await first.advance(HOUR);
    await first.close();
    const disabled = start([rule('Sweep', { State: 'DISABLED' }), allowed], invoker, state);
    await disabled.advance(2 * DAY);
    await disabled.close();
    expect(disabled.lines).toEqual(['Sweep: disabled, never fires']);
    const enabled = start([rule('Sweep'), allowed], invoker, state);
    await enabled.advance(30 * MINUTE);
    expect(invoker.calls).toHaveLength(1);
    await enabled.advance(30 * MINUTE);
    expect(invoker.calls).toHaveLength(2);
  });

  test('keeps the stack from starting when it has an unsupported property', () => {
    expect(() => start([rule('Sweep', { EventPattern: {} })], recordingInvoker())).toThrow(
      'AWS::Events::Rule "Sweep": EventPattern is not supported',
    );
  });
});

describe('a function that fails', () => {
  test('is logged by its error type alone, tried twice more with the same event, then given up', async () => {
    const invoker = recordingInvoker(() => failure());
    const { advance, lines } = start(
      [rule('Sweep', { ScheduleExpression: 'rate(1 day)' }), allowed],
      invoker,
    );
    await advance(DAY);
    expect(invoker.calls).toHaveLength(1);
    await advance(MINUTE);
    expect(invoker.calls).toHaveLength(2);
    await advance(2 * MINUTE);
    await advance(HOUR);
    expect(invoker.calls).toHaveLength(3);
    expect(new Set(invoker.calls.map((call) => JSON.stringify(call))).size).toBe(1);
    expect(lines.filter((line) => line.endsWith('failed with TypeError'))).toHaveLength(3);
    expect(lines.at(-1)).toMatch(/^Sweep \(due .*, target Target0, request .*\): Event discarded: /);
    expect(lines.join()).not.toContain('the function broke');
  });

  test('never stops other rules, other targets or later days', async () => {
    const invoker = recordingInvoker(({ functionName }) =>
      functionName === 'gone'
        ? Promise.reject(new AwsError('ResourceNotFoundException', 'Function not found: gone', 404))
        : undefined,
    );
    const Targets = ['gone', 'sweep'].map((name) => ({ Id: name, Arn: functionArn(name) }));
    const mayFail = permission('MayFail', { FunctionName: functionArn('gone') });
    const { advance, lines } = start(
      [rule('Mixed', { Targets, ScheduleExpression: 'rate(1 day)' }), rule('Sweep'), allowed, mayFail],
      invoker,
    );
    await advance(2 * DAY);
    const runs = (name: string) => invoker.calls.filter(({ functionName }) => functionName === name).length;
    expect(runs('sweep')).toBe(4);
    expect(runs('gone')).toBe(3);
    expect(lines.join('\n')).toContain('could not be invoked: Function not found: gone');
  });

  test('is tried again soon when its reserved concurrency was used up', async () => {
    let busy = true;
    const invoker = recordingInvoker(() =>
      busy ? Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)) : undefined,
    );
    const { advance } = start([rule('Sweep'), allowed], invoker);
    await advance(HOUR);
    expect(invoker.calls).toHaveLength(1);
    busy = false;
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(2), bound);
  });
});

describe('a restart', () => {
  test('fires nothing twice', async () => {
    const state = memory();
    const invoker = recordingInvoker();
    const first = start([rule('Sweep'), allowed], invoker, state);
    await first.advance(5 * HOUR);
    await first.close();
    const second = start([rule('Sweep'), allowed], invoker, state);
    await second.advance(30 * MINUTE);
    expect(invoker.calls).toHaveLength(1);
    await second.advance(30 * MINUTE);
    expect(invoker.calls).toHaveLength(2);
    expect((times(invoker)[1] ?? 0) - (times(invoker)[0] ?? 0)).toBe(HOUR);
  });

  test('fires once, without a move, for all that was missed while the process was down', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-schedules-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'state.sqlite');
    const before = openState(path);
    const first = start([rule('Sweep'), allowed], recordingInvoker(), before);
    const began = first.clock.now();
    await first.close();
    // Time passes while nothing listens to the clock.
    await createClock({ state: before }).moveTo(began + 10.5 * HOUR);
    before.close();

    const after = openState(path);
    cleanUps.push(() => after.close());
    const invoker = recordingInvoker();
    const second = start([rule('Sweep'), allowed], invoker, after);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1), bound);
    expect(Math.round(((times(invoker)[0] ?? 0) - began) / HOUR)).toBe(10);
    await second.advance(15 * MINUTE);
    expect(invoker.calls).toHaveLength(1);
  });

  test('fires again for an invocation that the process did not survive', async () => {
    const state = memory();
    const never = recordingInvoker(() => new Promise(() => {}));
    const clock = createClock({ state });
    startSchedules({
      environment,
      clock,
      state,
      resources: [rule('Sweep'), allowed],
      invoker: never,
      log: () => {},
    });
    void clock.moveTo(clock.now() + HOUR);
    await vi.waitFor(() => expect(never.calls).toHaveLength(1), bound);

    const invoker = recordingInvoker();
    start([rule('Sweep'), allowed], invoker, state);
    await vi.waitFor(() => expect(times(invoker)).toEqual(times(never)), bound);
  });

  test('with another schedule expression begins anew', async () => {
    const state = memory();
    const invoker = recordingInvoker();
    const first = start([rule('Sweep'), allowed], invoker, state);
    await first.close();
    await createClock({ state }).moveTo(Date.now() + 3 * DAY);
    const second = start([rule('Sweep', { ScheduleExpression: 'rate(2 hours)' }), allowed], invoker, state);
    await second.advance(HOUR);
    expect(invoker.calls).toEqual([]);
    await second.advance(HOUR);
    expect(invoker.calls).toHaveLength(1);
  });
});

describe('close', () => {
  test('waits for what is under way, and nothing fires from then on', async () => {
    const door = gate();
    const invoker = recordingInvoker(async () => {
      await door.opened;
      return failure();
    });
    const { clock, advance, close } = start(
      [rule('Tick', { ScheduleExpression: 'rate(1 minute)' }), allowed],
      invoker,
    );
    const moved = advance(MINUTE);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1), bound);
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    door.open();
    await closing;
    await moved;
    await clock.moveTo(clock.now() + DAY);
    expect(invoker.calls).toHaveLength(1);
  });
});
