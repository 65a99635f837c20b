import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsError, type AwsService } from '../../../local/aws/service.ts';
import { type Clock, createClock } from '../../../local/clock.ts';
import { type LocalLambda, startLambda } from '../../../local/lambda/start-lambda.ts';
import type { LocalEnvironment, ResolvedResource } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';

export interface TestFunction {
  /** Files of the bundle by name; a string is `index.mjs`. */
  readonly code: string | Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface LogLine {
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly line: string;
}

export interface Harness {
  readonly lambda: LocalLambda;
  readonly clock: Clock;
  readonly client: LambdaClient;
  readonly endpoint: string;
  readonly lines: LogLine[];
  /** Actions and resources that were asked for; the resources in `denied` are refused. */
  readonly authorized: string[];
  readonly denied: Set<string>;
  /** Payload and headers of an `Invoke` by the SDK; the payload is parsed. */
  invoke(functionName: string, payload?: unknown, more?: Partial<InvokeCommandInput>): Promise<InvokeResult>;
  close(): Promise<void>;
}

interface InvokeResult {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly log: string | undefined;
  readonly payload: unknown;
}

const region = 'eu-central-1';
const accountId = '000000000000';
export const roleArn = `arn:aws:iam::${accountId}:role/worker`;

export function functionResource(
  name: string,
  properties: Readonly<Record<string, unknown>> = {},
): ResolvedResource {
  return {
    logicalId: name,
    type: 'AWS::Lambda::Function',
    ref: name,
    attributes: { Arn: arnOf(name) },
    properties: {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: roleArn,
      Timeout: 30,
      ...properties,
    },
  };
}

export function arnOf(name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** Functions by name, each in a bundle of its own, behind a real HTTP endpoint. */
export async function startHarness(
  functions: Readonly<Record<string, TestFunction>>,
  options: { maximumInstances?: number } = {},
): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-lambda-'));
  for (const [name, { code }] of Object.entries(functions)) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(typeof code === 'string' ? { 'index.mjs': code } : code)) {
      await writeFile(join(folder, name, file), text);
    }
  }
  const environment: LocalEnvironment = {
    region,
    accountId,
    stackName: 'test',
    dataDir: join(folder, 'data'),
  };
  const state = openState(':memory:');
  const clock = createClock({ state });
  const lines: LogLine[] = [];
  let endpoint = '';
  const lambda = await startLambda({
    environment,
    clock,
    functions: Object.entries(functions).map(([name, { properties }]) => functionResource(name, properties)),
    assetPath: (logicalId) => join(folder, logicalId),
    awsEndpoint: () => endpoint,
    credentialsOf: (arn) => ({ accessKeyId: `key-of-${arn}`, secretAccessKey: 'secret-of-role' }),
    log: (functionName, requestId, line) => lines.push({ functionName, requestId, line }),
    ...options,
  });
  const authorized: string[] = [];
  const denied = new Set<string>();
  const server = serve(lambda.service, authorized, denied);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new LambdaClient({
    region,
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: 'admin', secretAccessKey: 'admin' },
  });

  return {
    lambda,
    clock,
    client,
    endpoint,
    lines,
    authorized,
    denied,
    async invoke(functionName, payload, more = {}) {
      const body = payload === undefined ? {} : { Payload: JSON.stringify(payload) };
      const result = await client.send(new InvokeCommand({ FunctionName: functionName, ...body, ...more }));
      const text = result.Payload?.transformToString() ?? '';
      return {
        status: result.StatusCode,
        error: result.FunctionError,
        log:
          result.LogResult === undefined
            ? undefined
            : Buffer.from(result.LogResult, 'base64').toString('utf8'),
        payload: text === '' ? undefined : JSON.parse(text),
      };
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await lambda.close();
      state.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function serve(service: AwsService, authorized: string[], denied: ReadonlySet<string>) {
  return createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
    const answer = await service.handle({
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: Object.fromEntries(headers),
      body: Buffer.concat(chunks),
      requestId: randomUUID(),
      principal: { kind: 'administrator', arn: `arn:aws:iam::${accountId}:root` },
      authorize(action, resource) {
        authorized.push(`${action} ${resource}`);
        if (denied.has(resource)) throw new AwsError('AccessDeniedException', `not allowed: ${action}`, 403);
      },
    });
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

/** Waits until `condition` gives a value, for at most 20 s. */
export async function until<T>(what: string, condition: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
