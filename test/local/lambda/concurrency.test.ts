import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Harness, startHarness, type TestFunction, until } from './lambda-harness.ts';

/** Holds each invocation until the gate's file exists; tells which instance it is by a number of its own. */
function gated(properties: Record<string, unknown> = {}): { fn: TestFunction; gate: string } {
  const gate = join(mkdtempSync(join(tmpdir(), 'latchkey-gate-')), 'open');
  const code = `import { existsSync } from 'node:fs';
    import { threadId } from 'node:worker_threads';
    let running = 0;
    export const handler = async () => {
      running += 1;
      const overlapping = running;
      console.log('started');
      while (!existsSync(process.env.GATE)) await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return { threadId, overlapping };
    };`;
  return { gate, fn: { code, properties: { Environment: { Variables: { GATE: gate } }, ...properties } } };
}

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const open = async (gate: string) => (await import('node:fs/promises')).writeFile(gate, '');
const started = (of: Harness) => of.lines.filter((entry) => entry.line === 'started').length;

test('an instance runs one invocation at a time; the pool grows to its maximum and queues beyond', async () => {
  const { fn, gate } = gated();
  harness = await startHarness({ gated: fn }, { maximumInstances: 2 });
  const { lambda } = harness;
  const running = Array.from({ length: 6 }, () => lambda.invoke('gated', {}));
  await until('two to start', () => started(harness as Harness) === 2);
  await open(gate);
  const answers = (await Promise.all(running)).map((outcome) => (outcome as { payload: object }).payload);
  expect(new Set(answers.map((answer) => (answer as { threadId: number }).threadId)).size).toBe(2);
  expect(answers.every((answer) => (answer as { overlapping: number }).overlapping === 1)).toBe(true);
});

test('waiting for an instance does not count towards the time-out', async () => {
  const code = `export const handler = async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return 'in time';
  };`;
  harness = await startHarness({ slow: { code, properties: { Timeout: 1 } } }, { maximumInstances: 1 });
  const { lambda } = harness;
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => lambda.invoke('slow', {})));
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['returned', 'returned', 'returned', 'returned']);
});

test('reserved concurrency admits that many at once and refuses the next', async () => {
  const { fn, gate } = gated({ ReservedConcurrentExecutions: 2 });
  harness = await startHarness({ gated: fn });
  const { lambda, invoke } = harness;
  const running = [lambda.invoke('gated', {}), lambda.invoke('gated', {})];
  await expect(invoke('gated')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    $metadata: { httpStatusCode: 429 },
  });
  await expect(lambda.invoke('gated', {})).rejects.toMatchObject({ code: 'TooManyRequestsException' });
  await open(gate);
  expect((await Promise.all(running)).map((outcome) => outcome.kind)).toEqual(['returned', 'returned']);
  expect((await invoke('gated')).error).toBeUndefined();
});

test('a function with no reserved concurrency left to it never runs', async () => {
  const { fn } = gated({ ReservedConcurrentExecutions: 0 });
  harness = await startHarness({ gated: fn });
  await harness.lambda.warm();
  await expect(harness.invoke('gated')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
});

test('a warmed instance takes the first invocation', async () => {
  const code = "console.log('loaded'); export const handler = async () => 1;";
  harness = await startHarness({ warmed: { code }, cold: { code } });
  await harness.lambda.warm(['warmed']);
  const loaded = { functionName: 'warmed', requestId: undefined, line: 'loaded' };
  expect(harness.lines).toEqual([loaded]);
  await harness.invoke('warmed');
  expect(harness.lines).toEqual([loaded]);
});

test('every one of 300 parallel invocations is answered, whichever fail or end their instance', async () => {
  const code = `export const handler = async ({ i }) => {
    if (i % 50 === 7) process.exit(1);
    if (i % 3 === 0) throw new Error('third');
    return i;
  };`;
  harness = await startHarness({ mixed: { code } });
  const { lambda } = harness;
  const outcomes = await Promise.all(Array.from({ length: 300 }, (_, i) => lambda.invoke('mixed', { i })));
  const told = outcomes.map((outcome) =>
    outcome.kind === 'returned' ? outcome.payload : outcome.error.errorType,
  );
  const expected = (i: number) => (i % 50 === 7 ? 'Runtime.ExitError' : i % 3 === 0 ? 'Error' : i);
  expect(told).toEqual(Array.from({ length: 300 }, (_, i) => expected(i)));
});

test('closing ends what runs and what waits', async () => {
  const { fn } = gated();
  harness = await startHarness({ gated: fn }, { maximumInstances: 1 });
  const { lambda } = harness;
  const running = lambda.invoke('gated', {});
  const waiting = lambda.invoke('gated', {});
  await until('the first to start', () => started(harness as Harness) === 1);
  await Promise.all([
    lambda.close(),
    expect(running).resolves.toMatchObject({ kind: 'failed' }),
    expect(waiting).rejects.toMatchObject({ code: 'ServiceException' }),
  ]);
  await expect(lambda.invoke('gated', {})).rejects.toMatchObject({ code: 'ServiceException' });
});
