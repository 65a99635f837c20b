import type { AwsService } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { State } from '../state.ts';
import { answerRequest } from './answer-request.ts';
import { openChangeStreams } from './change-streams.ts';
import { checkSchema } from './check-schema.ts';
import { expireItems } from './expire-items.ts';
import { openIdempotencyTokens } from './idempotency-tokens.ts';
import { openItemStore } from './item-store.ts';
import { createKeyLocks } from './key-locks.ts';
import type { Parts } from './operation.ts';
import type { ChangeStream } from './stream-log.ts';
import { parseTable } from './table.ts';
import { createWritePath, type WriteStep } from './write-path.ts';

export interface DynamoDbOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** The template's resources of type `AWS::DynamoDB::Table`. */
  readonly tables: readonly ResolvedResource[];
  /** Called at each step of each write; for tests that end the process there. */
  readonly onStep?: (step: WriteStep) => void;
}

export interface DynamoDbService extends AwsService {
  /** Deletes what has expired by now and tells how many items that were. Happens by itself, too, within a minute. */
  sweepExpired(): Promise<number>;
  /** The stream of a table of the template; undefined where no table has a stream of that ARN. */
  stream(arn: string): ChangeStream | undefined;
  close(): Promise<void>;
}

const sweepInterval = 60_000;

/**
 * Serves the template's tables from `<dataDir>/dynamodb`.
 * @throws Error naming what in the template is not supported, or how the tables changed since the data was written
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDbService> {
  const { environment, clock, state, onStep = () => {} } = options;
  const tables = options.tables.map((resource) => parseTable(resource, environment));
  // The database first: its lock keeps two processes from recording schemas for one data folder.
  const store = await openItemStore(environment.dataDir, tables);
  try {
    checkSchema(tables, state);
  } catch (error) {
    await store.close();
    throw error;
  }
  const streams = await openChangeStreams(store, tables, clock);
  const writes = createWritePath(store, createKeyLocks(), streams, onStep);
  const tokens = await openIdempotencyTokens(store, clock);
  const parts: Parts = { store, writes, tokens, tables, environment, createdAt: Date.now() };

  const underway = new Set<Promise<unknown>>();
  let isClosed = false;
  const track = async <T>(work: Promise<T>): Promise<T> => {
    underway.add(work);
    try {
      return await work;
    } finally {
      underway.delete(work);
    }
  };
  const sweep = async () => {
    const deleted = await expireItems({ store, writes, clock }, tables);
    await streams.trim();
    return deleted;
  };
  const sweepExpired = async () => (isClosed ? 0 : track(sweep()));
  const timer = setInterval(() => {
    sweepExpired().catch((error: unknown) =>
      console.error('DynamoDB: expired items could not be deleted', error),
    );
  }, sweepInterval).unref();
  clock.onMove(async () => {
    await sweepExpired();
  });

  return {
    signingName: 'dynamodb',
    handle: (request) => track(answerRequest(parts, request)),
    sweepExpired,
    stream: streams.byArn,
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await Promise.allSettled(underway);
      await store.close();
    },
  };
}
