import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AwsRequest, AwsService } from '../../../local/aws/service.ts';
import type { Clock } from '../../../local/clock.ts';
import { type DynamoDbService, startDynamoDb } from '../../../local/dynamodb/start-dynamodb.ts';
import type { WriteStep } from '../../../local/dynamodb/write-path.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';

export const environment = { region: 'eu-central-1', accountId: '000000000000', stackName: 'test' };

export function tableResource(name: string, properties: Record<string, unknown> = {}): ResolvedResource {
  return {
    logicalId: name,
    type: 'AWS::DynamoDB::Table',
    ref: `test-${name}`,
    attributes: { Arn: `arn:aws:dynamodb:eu-central-1:000000000000:table/test-${name}` },
    properties: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...properties,
    },
  };
}

export const accounts = tableResource('Accounts', {
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'rank', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'rank', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
});

export const events = tableResource('Events', {
  KeySchema: [
    { AttributeName: 'stream', KeyType: 'HASH' },
    { AttributeName: 'number', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'stream', AttributeType: 'S' },
    { AttributeName: 'number', AttributeType: 'N' },
  ],
});

export interface TestClock extends Clock {
  advance(milliseconds: number): Promise<void>;
}

export function createTestClock(): TestClock {
  const offset = new SharedArrayBuffer(8);
  const view = new Float64Array(offset);
  const listeners: Parameters<Clock['onMove']>[0][] = [];
  const now = () => Date.now() + (view[0] ?? 0);
  const moveTo = async (target: number) => {
    const from = now();
    view[0] = target - Date.now();
    for (const listener of listeners) await listener(from, target);
  };
  return {
    now,
    offset,
    moveTo,
    onMove: (listener) => listeners.push(listener),
    advance: (milliseconds) => moveTo(now() + milliseconds),
  };
}

/** Serves one AWS stand-in over HTTP, as the local endpoint does, with `authorize` as the only policy. */
export async function serve(
  service: AwsService,
  authorize: AwsRequest['authorize'],
): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { status, headers, body } = await service.handle({
      method: incoming.method ?? '',
      path: incoming.url ?? '/',
      query: new URLSearchParams(),
      headers: incoming.headers as Record<string, string>,
      body: Buffer.concat(chunks),
      requestId: 'test-request',
      principal: { kind: 'administrator', arn: 'arn:aws:iam::000000000000:root' },
      authorize,
    });
    outgoing.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface LocalDynamoDb {
  readonly service: DynamoDbService;
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly clock: TestClock;
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  tables?: readonly ResolvedResource[];
  dataDir?: string;
  clock?: TestClock;
  authorize?: AwsRequest['authorize'];
  onStep?: (step: WriteStep) => void;
}

export async function launch(options: LaunchOptions = {}): Promise<LocalDynamoDb> {
  const dataDir = options.dataDir ?? newDataDir();
  const clock = options.clock ?? createTestClock();
  const state = openState(join(dataDir, 'state.db'));
  const service = await startDynamoDb({
    environment: { ...environment, dataDir },
    clock,
    state,
    tables: options.tables ?? [accounts, events],
    ...(options.onStep && { onStep: options.onStep }),
  }).catch((error: unknown) => {
    state.close();
    throw error;
  });
  const server = await serve(service, options.authorize ?? (() => {}));
  const client = new DynamoDBClient({
    region: environment.region,
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    service,
    client,
    documents: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    clock,
    dataDir,
    async stop() {
      client.destroy();
      await server.close();
      await service.close();
      state.close();
    },
  };
}

/** One request without the SDK client and HTTP, where a test needs many of them. @returns the answer's body */
export async function call(
  service: AwsService,
  operation: string,
  parameters: object,
): Promise<Record<string, unknown>> {
  const { status, body } = await service.handle({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: Buffer.from(JSON.stringify(parameters)),
    requestId: 'test-request',
    principal: { kind: 'administrator', arn: 'arn:aws:iam::000000000000:root' },
    authorize: () => {},
  });
  if (status !== 200) throw new Error(`${operation}: ${status} ${body}`);
  return JSON.parse(String(body));
}

const dataDirs: string[] = [];

export function newDataDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-dynamodb-'));
  dataDirs.push(path);
  return path;
}

export function removeDataDirs(): void {
  for (const path of dataDirs.splice(0)) rmSync(path, { recursive: true, force: true });
}
