import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { type RunningStack, type StackOptions, startStack } from '../../local/start-stack.ts';
import { generousRates } from './generous-rates.ts';

/** A whole local stack in a folder of its own, on free ports, with what tests call it by. */
export interface TestStack extends RunningStack {
  /** The unmodified AWS SDK, as an administrator. */
  readonly dynamodb: DynamoDBDocumentClient;
  readonly lambda: LambdaClient;
  /**
   * Invokes a management function through the Lambda API. Keys are made and rotated without mailing them (`deliver` is
   * false unless given), for most tests are about the key: a mailed one changes again when its mail has left.
   * @throws ManagementError with the function's `errorType`
   */
  manage<Answer = Record<string, unknown>>(functionName: string, payload: unknown): Promise<Answer>;
  /** `POST /decisions/evaluate` */
  evaluate(apiKey: string | undefined, body?: unknown, query?: string): Promise<HttpAnswer>;
  request(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<HttpAnswer>;
  /** All that has been logged so far: every file of the log folder. */
  logs(): Promise<string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

/** The invocation failed: `errorType` is the name of the function's error class. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** A folder that the test removes; give it to `startTestStack` again to restart on the same data. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'latchkey-'));
}

export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const ownFolder = options.dataDir === undefined ? await temporaryFolder() : undefined;
  const isUsual = options.stage === undefined && options.overrides === undefined;
  const stack = await startStack({
    stage: 'dev',
    dataDir: ownFolder ?? '',
    dashboardPort: 0,
    port: 0,
    awsPort: 0,
    inboxPort: 0,
    issuerPort: 0,
    stripePort: 0,
    // Half of all tests never call the API.
    warm: false,
    ...(isUsual ? { assembly: inject('assembly') } : { overrides: generousRates }),
    ...options,
  });
  const client = {
    endpoint: stack.awsEndpoint,
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const lambda = new LambdaClient(client);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  const request: TestStack['request'] = (method, path, headers = {}, body) =>
    httpRequest(`${stack.apiUrl}${path}`, method, headers, body);
  return {
    ...stack,
    lambda,
    dynamodb,
    request,
    manage: (name, payload) => manage(lambda, stack.functions[name] ?? name, payload),
    evaluate: (apiKey, body = { category: 'FINANCIAL', amount: 1000 }, query = '') =>
      request(
        'POST',
        `/decisions/evaluate${query}`,
        { 'Content-Type': 'application/json', ...(apiKey === undefined ? {} : { 'X-API-Key': apiKey }) },
        typeof body === 'string' ? body : JSON.stringify(body),
      ),
    logs: () => readAll(stack.logFolder),
    close: async () => {
      lambda.destroy();
      dynamodb.destroy();
      await stack.close();
      if (ownFolder !== undefined) await rm(ownFolder, { recursive: true, force: true });
    },
  };
}

/** Invokes a function and gives its answer, as `TestStack.manage`. @throws ManagementError */
export async function manage<Answer>(
  lambda: LambdaClient,
  functionName: string,
  payload: unknown,
): Promise<Answer> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: JSON.stringify(undelivered(functionName, payload)),
    }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError === undefined) return answer as Answer;
  const { errorType, errorMessage } = answer as { errorType: string; errorMessage: string };
  throw new ManagementError(errorType, errorMessage);
}

/** The payload as `manage` sends it, for tests that invoke in a way of their own. */
export function undelivered(functionName: string, payload: unknown): unknown {
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isObject && /(^|-)(generate|rotate)-key$/.test(functionName)
    ? { deliver: false, ...payload }
    : payload;
}

async function httpRequest(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<HttpAnswer> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
  return contents.join('\n');
}
