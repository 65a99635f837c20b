import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startAwsEndpoint } from '../../../local/aws/endpoint.ts';
import { createIam } from '../../../local/aws/iam.ts';
import { type Clock, createClock } from '../../../local/clock.ts';
import { type DynamoDbService, startDynamoDb } from '../../../local/dynamodb/start-dynamodb.ts';
import type { WriteStep } from '../../../local/dynamodb/write-path.ts';
import { startLambda } from '../../../local/lambda/start-lambda.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';
import type { LambdaRecord } from '../../../local/streams/lambda-record.ts';
import type { LaneStep } from '../../../local/streams/lane.ts';
import { type Streams, startStreams } from '../../../local/streams.ts';
import {
  administrator,
  environment as base,
  clientConfig,
  resource,
  role,
  roleArn,
  statement,
} from '../aws/support.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const arnBase = `${base.region}:${base.accountId}`;
export const tableArn = (name: string) => `arn:aws:dynamodb:${arnBase}:table/${name}`;
export const streamArn = (name: string) => `${tableArn(name)}/stream/2026-01-01T00:00:00.000`;
export const functionArn = (name: string) => `arn:aws:lambda:${arnBase}:function:${name}`;

/** A table with the keys `id` and `part` and a stream; a property given as undefined is left out. */
export function table(name: string, properties: Record<string, unknown> = {}): ResolvedResource {
  const all = {
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'part', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'part', AttributeType: 'N' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    ...properties,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return resource('AWS::DynamoDB::Table', name, name, kept, {
    Arn: tableArn(name),
    StreamArn: streamArn(name),
  });
}

/** From the table `Things` to the function `consumer`. */
export function mapping(logicalId: string, properties: Record<string, unknown> = {}): ResolvedResource {
  return resource('AWS::Lambda::EventSourceMapping', logicalId, logicalId, {
    EventSourceArn: streamArn('Things'),
    FunctionName: 'consumer',
    StartingPosition: 'TRIM_HORIZON',
    ...properties,
  });
}

export const readsStreams = [
  statement(
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    'arn:aws:dynamodb:*:*:table/*/stream/*',
  ),
  statement('dynamodb:ListStreams', '*'),
];

/** A function in the role `reader`. */
export function consumer(name = 'consumer'): ResolvedResource {
  const properties = {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: roleArn('reader'),
    Timeout: 30,
    Environment: { Variables: { NAME: name } },
  };
  return resource('AWS::Lambda::Function', name, name, properties, { Arn: functionArn(name) });
}

/*
 * What the functions run: each invocation is a line in `<taskRoot>/../<name>.jsonl`. While `<name>.broken` exists, a
 * batch with an item whose `poison` is "throw" or "report" fails as a whole or from that item on.
 */
const code = `
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
const file = join(process.env.LAMBDA_TASK_ROOT, '..', process.env.NAME);
export const handler = async ({ Records }) => {
  appendFileSync(file + '.jsonl', JSON.stringify(Records) + '\\n');
  if (!existsSync(file + '.broken')) return null;
  const poisonOf = ({ dynamodb }) => dynamodb.NewImage?.poison?.S;
  if (Records.some((record) => poisonOf(record) === 'throw')) throw new TypeError('poisoned');
  if (Records.some((record) => poisonOf(record) === 'malform')) return { failed: [] };
  const reported = Records.filter((record) => poisonOf(record) === 'report');
  return { batchItemFailures: reported.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) };
};
`;

export interface Launched {
  readonly service: DynamoDbService;
  readonly documents: DynamoDBDocumentClient;
  readonly endpoint: string;
  readonly clock: Clock;
  readonly streams: Streams;
  readonly dataDir: string;
  readonly lines: string[];
  advance(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  /** Tables and mappings. */
  readonly resources: readonly ResolvedResource[];
  readonly functions?: readonly string[];
  /** What the functions' role may do. */
  readonly statements?: readonly object[];
  readonly dataDir?: string;
  readonly onWrite?: (step: WriteStep) => void;
  readonly onBatch?: (step: LaneStep) => void;
}

/** Tables, functions in worker threads and event source mappings, as a start of the stack wires them. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { functions = ['consumer'], statements = readsStreams, dataDir = newDataDir() } = options;
  const environment = { ...base, dataDir };
  const state = openState(join(dataDir, 'state.sqlite'));
  const clock = createClock({ state });
  const consumers = functions.map(consumer);
  const resources = [...options.resources, ...consumers, role('reader', [...statements])];
  const iam = createIam(resources, environment);
  const tables = resources.filter(({ type }) => type === 'AWS::DynamoDB::Table');
  const { onWrite: onStep, onBatch } = options;
  const service = await startDynamoDb({ environment, clock, state, tables, ...(onStep && { onStep }) });
  const lines: string[] = [];
  const taskRoot = join(dataDir, 'code');
  mkdirSync(taskRoot, { recursive: true });
  writeFileSync(join(taskRoot, 'index.mjs'), code);
  const lambda = await startLambda({
    environment,
    clock,
    functions: consumers,
    assetPath: () => taskRoot,
    awsEndpoint: 'http://127.0.0.1:1',
    credentialsOf: iam.credentialsOf,
    log: (name, _requestId, line) => lines.push(`${name}: ${line}`),
  });
  const endpoint = await startAwsEndpoint({ port: 0, services: [service], access: iam });
  const stopParts = async () => {
    await endpoint.close();
    await lambda.close();
    await service.close();
    state.close();
  };
  try {
    const log = (line: string) => void lines.push(line);
    const watch = onBatch && { onStep: onBatch };
    const { stream } = service;
    const given = { environment, clock, state, resources, stream, iam, invoker: lambda, log, ...watch };
    const streams = startStreams(given);
    const documents = DynamoDBDocumentClient.from(
      new DynamoDBClient(clientConfig(endpoint.url, administrator)),
    );
    return {
      service,
      documents,
      endpoint: endpoint.url,
      clock,
      streams,
      dataDir,
      lines,
      advance: (milliseconds) => clock.moveTo(clock.now() + milliseconds),
      async stop() {
        documents.destroy();
        await streams.close();
        await stopParts();
      },
    };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

/** The batches that a function was invoked with so far. */
export function batches(dataDir: string, name = 'consumer'): LambdaRecord[][] {
  const file = join(dataDir, `${name}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LambdaRecord[]);
}

export function breakFunction(dataDir: string, name = 'consumer'): void {
  appendFileSync(join(dataDir, `${name}.broken`), '');
}

export function repairFunction(dataDir: string, name = 'consumer'): void {
  rmSync(join(dataDir, `${name}.broken`), { force: true });
}

/** `a1` for the item with id `a` and part 1. */
export function nameOf({ dynamodb }: LambdaRecord): string {
  const { id, part } = dynamodb['Keys'] as { id: { S: string }; part: { N: string } };
  return `${id.S}${part.N}`;
}

const dataDirs: string[] = [];

export function newDataDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-streams-'));
  dataDirs.push(path);
  return path;
}

export function removeDataDirs(): void {
  for (const path of dataDirs.splice(0)) rmSync(path, { recursive: true, force: true });
}
