import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, startHarness, until } from './lambda-harness.ts';

const FUNCTIONS = {
  throwing: {
    code: `let count = 0;
    class LimitError extends Error { name = 'LimitError'; }
    export const handler = async (event) => {
      count += 1;
      if (event.how === 'class') throw new LimitError('at most 5 keys');
      if (event.how === 'Unauthorized') throw new Error('Unauthorized');
      if (event.how === 'text') throw 'just text';
      if (event.how === 'cycle') { const cycle = {}; cycle.self = cycle; return cycle; }
      if (event.how === 'large') return 'x'.repeat(6_291_555);
      if (event.how === 'exit') process.exit(3);
      if (event.how === 'exit0') process.exit();
      if (event.how === 'rejection') { Promise.reject(new Error('nobody waits')); await new Promise(() => {}); }
      if (event.how === 'uncaught') { setImmediate(() => { throw new TypeError('late'); }); await new Promise(() => {}); }
      if (event.how === 'stalling') { console.log('before'); await new Promise(() => {}); }
      if (event.how === 'spinning') { console.log('before'); for (;;); }
      return count;
    };`,
    properties: { Timeout: 1 },
  },
  memory: {
    code: 'export const handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); };',
    properties: { MemorySize: 128 },
  },
  syntax: { code: 'export const handler = async () => {' },
  'missing-package': { code: "import 'no-such-package'; export const handler = async () => {};" },
  'missing-file': { code: { 'other.mjs': '' } },
  'missing-handler': { code: 'export const other = async () => {};' },
  'not-a-function': { code: 'export const handler = 7;' },
  callback: { code: 'export const handler = (event, context, callback) => callback(null, 1);' },
  'bad-module': { code: "throw new RangeError('no PEPPER'); export const handler = async () => {};" },
  'exits-early': { code: 'process.exit(9); export const handler = async () => {};' },
  'bad-name': { code: '', properties: { Handler: 'handler' } },
  'bad-options': {
    code: 'export const handler = async () => {};',
    properties: { Environment: { Variables: { NODE_OPTIONS: '--no-such-option' } } },
  },
  recovers: {
    code: `import { existsSync, writeFileSync } from 'node:fs';
    const mark = process.env.LAMBDA_TASK_ROOT + '/mark';
    if (!existsSync(mark)) { writeFileSync(mark, ''); throw new Error('first start fails'); }
    export const handler = async () => 'recovered';`,
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(FUNCTIONS);
});
afterAll(() => harness.close());

const logOf = (functionName: string) =>
  harness.lines.filter((entry) => entry.functionName === functionName).map((entry) => entry.line);

test.each([
  ['class', { errorType: 'LimitError', errorMessage: 'at most 5 keys' }],
  ['Unauthorized', { errorType: 'Error', errorMessage: 'Unauthorized' }],
])('an error (%s) fails the invocation with its name, message and stack', async (how, error) => {
  const result = await harness.invoke('throwing', { how });
  expect(result).toMatchObject({ status: 200, error: 'Unhandled', payload: error });
  const { trace } = result.payload as { trace: string[] };
  expect(trace[0]).toContain(error.errorMessage);
  expect(trace.length).toBeGreaterThan(1);
  expect(logOf('throwing').at(-1)).toContain(error.errorMessage);
});

test.each([
  ['text', { errorType: 'string', errorMessage: 'just text', trace: [] }],
  ['cycle', { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' }],
  ['large', { errorType: 'Function.ResponseSizeTooLarge' }],
  ['rejection', { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: nobody waits' }],
  ['uncaught', { errorType: 'TypeError', errorMessage: 'late' }],
])('%s: the caller gets %j', async (how, error) => {
  expect(await harness.invoke('throwing', { how })).toMatchObject({ error: 'Unhandled', payload: error });
});

test.each([
  ['exit', 'Runtime exited with error: exit status 3'],
  ['exit0', 'Runtime exited without providing a reason'],
])(
  'a function that ends its process (%s) is a Runtime.ExitError, and the next invocation works',
  async (how, reason) => {
    const result = await harness.lambda.invoke('throwing', { how }, { requestId: `ended-by-${how}` });
    expect(result).toMatchObject({
      kind: 'failed',
      error: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ended-by-${how} Error: ${reason}` },
    });
    expect((await harness.invoke('throwing', {})).payload).toBe(1);
  },
);

test.each(['stalling', 'spinning'])('a %s function is ended at its time-out, its log kept', async (how) => {
  const requestId = `timed-out-${how}`;
  const result = await harness.lambda.invoke('throwing', { how }, { requestId });
  expect(result).toEqual({
    kind: 'failed',
    requestId,
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    },
  });
  const lines = harness.lines.filter((entry) => entry.requestId === requestId).map((entry) => entry.line);
  expect(lines).toEqual(['before', 'ERROR\tSandbox.Timedout\tTask timed out after 1.00 seconds']);
  expect((await harness.invoke('throwing', {})).payload).toBe(1);
});

test('an invocation that a test interrupts fails as in a crash; there is nothing to interrupt when nothing runs', async () => {
  const requestId = 'interrupted';
  const running = harness.lambda.invoke('throwing', { how: 'stalling' }, { requestId });
  await until('the function runs', () => harness.lines.some((entry) => entry.requestId === requestId));
  expect(await harness.lambda.interrupt('throwing')).toBe(true);
  expect(await running).toMatchObject({
    kind: 'failed',
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    },
  });
  expect(await harness.lambda.interrupt('throwing')).toBe(false);
  expect((await harness.invoke('throwing', {})).payload).toBe(1);
});

test('a function that needs more memory than it has ends alone', async () => {
  const result = await harness.invoke('memory');
  expect(result).toMatchObject({ error: 'Unhandled', payload: { errorType: 'Runtime.OutOfMemory' } });
});

test.each([
  ['syntax', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
  ['missing-package', 'Runtime.ImportModuleError', 'no-such-package'],
  ['missing-file', 'Runtime.ImportModuleError', "Cannot find module 'index'"],
  ['missing-handler', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  ['not-a-function', 'Runtime.HandlerNotFound', 'index.handler is not a function'],
  ['callback', 'Runtime.CallbackHandlerDeprecated', 'callback'],
  ['bad-module', 'RangeError', 'no PEPPER'],
  ['exits-early', 'Runtime.ExitError', 'exit status 9'],
  ['bad-name', 'Runtime.MalformedHandlerName', "'handler'"],
  ['bad-options', 'Runtime.ExitError', 'NODE_OPTIONS'],
])('%s: each invocation fails with %s', async (functionName, errorType, message) => {
  for (let i = 0; i < 2; i += 1) {
    expect(await harness.invoke(functionName)).toMatchObject({
      error: 'Unhandled',
      payload: { errorType, errorMessage: expect.stringContaining(message) },
    });
  }
  expect(logOf(functionName).join('\n')).toContain(message);
});

test('a function that failed to load is loaded anew by the next invocation', async () => {
  expect(await harness.invoke('recovers')).toMatchObject({ payload: { errorMessage: 'first start fails' } });
  expect(await harness.invoke('recovers')).toMatchObject({ error: undefined, payload: 'recovered' });
});

test('warming a function that cannot be loaded does not reject, and the reason stands in the log', async () => {
  const other = await startHarness({ broken: FUNCTIONS['bad-module'] });
  await other.lambda.warm(['broken']);
  await until('the reason', () => other.lines.some((entry) => entry.line.includes('no PEPPER')));
  await other.close();
});
