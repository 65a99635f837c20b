import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arnOf, type Harness, roleArn, startHarness } from './lambda-harness.ts';

const FUNCTIONS = {
  echo: { code: 'export const handler = async (event) => event;' },
  nothing: { code: 'export const handler = async () => {};' },
  sync: { code: 'export const handler = (event) => ({ sync: event });' },
  environment: {
    code: 'export const handler = async () => process.env;',
    properties: {
      Environment: { Variables: { TABLE_NAME: 'Keys', AWS_ENDPOINT_URL: 'http://elsewhere' } },
      MemorySize: 256,
      LoggingConfig: { LogGroup: '/latchkey/environment', LogFormat: 'JSON', ApplicationLogLevel: 'WARN' },
    },
  },
  context: {
    code: `export const handler = async (event, context) => {
      context.callbackWaitsForEmptyEventLoop = false;
      return { ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID };
    };`,
    properties: { Timeout: 7, MemorySize: 512 },
  },
  counter: { code: 'let count = 0; export const handler = async () => ++count;' },
  talkative: {
    code: `console.log('loading');
    export const handler = async (event) => {
      console.log('hello %s', event.name);
      console.error('two\\nlines');
      process.stdout.write('no end of line');
      for (let i = 0; i < (event.more ?? 0); i += 1) console.log('x'.repeat(99));
    };`,
  },
  tool: {
    code: { 'tool.cjs': 'exports.nested = { run: async () => "cjs" };' },
    properties: { Handler: 'tool.nested.run' },
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(FUNCTIONS);
});
afterAll(() => harness.close());

describe('Invoke', () => {
  test.each([{ a: [1, 'ü', null] }, 'text', 0, null, []])(
    'hands %j to the handler and its value back',
    async (event) => {
      expect(await harness.invoke('echo', event)).toMatchObject({
        status: 200,
        error: undefined,
        payload: event,
      });
    },
  );

  test('takes an ARN, a partial ARN or a name', async () => {
    const names = ['echo', arnOf('echo'), '000000000000:function:echo'];
    for (const name of names) expect((await harness.invoke(name, 1)).payload).toBe(1);
  });

  test('gives an empty object to the handler when there is no payload', async () => {
    expect((await harness.invoke('echo')).payload).toEqual({});
  });

  test('answers null for undefined', async () => {
    expect((await harness.invoke('nothing')).payload).toBeNull();
  });

  test('runs a handler that is not async, and one in a CommonJS file under a nested name', async () => {
    expect((await harness.invoke('sync', 1)).payload).toEqual({ sync: 1 });
    expect((await harness.invoke('tool')).payload).toBe('cjs');
  });

  test('keeps an instance warm between invocations', async () => {
    const counts = [await harness.invoke('counter'), await harness.invoke('counter')].map((r) => r.payload);
    expect(counts).toEqual([1, 2]);
  });

  test('gives a function its own environment and nothing of the runner', async () => {
    process.env['LATCHKEY_TEST_CANARY'] = 'of the runner';
    const { payload } = await harness.invoke('environment');
    delete process.env['LATCHKEY_TEST_CANARY'];
    expect(payload).toMatchObject({
      TABLE_NAME: 'Keys',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: '/latchkey/environment',
      AWS_LAMBDA_LOG_LEVEL: 'WARN',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: expect.stringContaining('environment'),
      TZ: ':UTC',
      AWS_ENDPOINT_URL: harness.endpoint,
      AWS_ACCESS_KEY_ID: `key-of-${roleArn}`,
      AWS_SECRET_ACCESS_KEY: 'secret-of-role',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
    expect(payload).not.toHaveProperty('LATCHKEY_TEST_CANARY');
    expect(payload).not.toHaveProperty('HOME');
    expect(payload).not.toHaveProperty('NODE_ENV');
  });

  test('gives the context of the invocation, its request id being that of the answer', async () => {
    const outcome = await harness.lambda.invoke(arnOf('context'), {}, { requestId: 'request-1' });
    expect(outcome).toMatchObject({
      kind: 'returned',
      requestId: 'request-1',
      payload: {
        functionName: 'context',
        functionVersion: '$LATEST',
        invokedFunctionArn: arnOf('context'),
        memoryLimitInMB: '512',
        awsRequestId: 'request-1',
        logGroupName: '/aws/lambda/context',
        callbackWaitsForEmptyEventLoop: false,
        trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
      },
    });
    const { remaining } = (outcome as { payload: { remaining: number } }).payload;
    expect(remaining).toBeGreaterThan(5000);
    expect(remaining).toBeLessThanOrEqual(7000);
  });

  test('captures the output line by line under the request id', async () => {
    await harness.lambda.invoke('talkative', { name: 'Ada' }, { requestId: 'talk-1' });
    const lines = harness.lines.filter((entry) => entry.requestId === 'talk-1').map((entry) => entry.line);
    expect(lines).toEqual(['loading', 'hello Ada', 'two', 'lines', 'no end of line']);
  });

  test('returns the last 4 KB of the log of this invocation alone with LogType Tail', async () => {
    const short = await harness.invoke('talkative', { name: 'Grace' }, { LogType: 'Tail' });
    expect(short.log).toContain('hello Grace\ntwo\nlines\n');
    const long = await harness.invoke('talkative', { name: 'Grace', more: 100 }, { LogType: 'Tail' });
    expect(long.log).toHaveLength(4096);
    expect((await harness.invoke('talkative', { name: 'Grace' })).log).toBeUndefined();
  });

  test('DryRun checks without running', async () => {
    const before = (await harness.invoke('counter')).payload;
    expect((await harness.invoke('counter', {}, { InvocationType: 'DryRun' })).status).toBe(204);
    expect((await harness.invoke('counter')).payload).toBe(Number(before) + 1);
  });
});

describe('Invoke is refused', () => {
  test('for an unknown function, in another account or Region too', async () => {
    const names = ['unknown', arnOf('unknown'), arnOf('echo').replace('eu-central-1', 'us-east-1')];
    for (const name of names) {
      await expect(harness.invoke(name)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 404 },
      });
    }
    await expect(harness.lambda.invoke('unknown', {})).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('without permission, before anything is told about the function', async () => {
    harness.denied.add(arnOf('secret'));
    await expect(harness.invoke('secret')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(harness.authorized).toContain(`lambda:InvokeFunction ${arnOf('secret')}`);
  });

  test('for a payload that is not JSON', async () => {
    await expect(harness.invoke('echo', undefined, { Payload: '{"a":' })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('for a payload over 6 MB, or over 1 MB for an event', async () => {
    const refused = { name: 'RequestTooLargeException', $metadata: { httpStatusCode: 413 } };
    await expect(harness.invoke('nothing', 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject(refused);
    const event = harness.invoke('nothing', 'x'.repeat(1024 * 1024), { InvocationType: 'Event' });
    await expect(event).rejects.toMatchObject(refused);
  });

  test.each([
    [{ Qualifier: 'live' }, "qualifier 'live'"],
    [{ FunctionName: `${arnOf('echo')}:7` }, "qualifier '7'"],
    [{ ClientContext: 'e30=' }, 'x-amz-client-context'],
    [{ InvocationType: 'Later' as 'Event' }, 'x-amz-invocation-type'],
  ])('with %j, naming what is not supported', async (more, named) => {
    await expect(harness.invoke('echo', {}, more)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(named),
    });
  });

  test('as any other operation of the Lambda API', async () => {
    const response = await fetch(`${harness.endpoint}/2015-03-31/functions/echo/configuration`);
    expect(response.status).toBe(404);
    expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect(await response.json()).toEqual({ Type: 'User', Message: expect.stringContaining('only Invoke') });
  });
});
