import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

import { UnavailableError } from './errors.ts';
import { requestTimeouts } from './request-timeouts.ts';

/** What use cases hand to `commit`; the SDK itself stays with stores and this file. */
export type DocumentClient = DynamoDBDocumentClient;

/** One item of a `TransactWriteItems`, with a name by which a failure of its condition is told. */
export interface Write {
  /** Such as `key` or `subscription`. */
  readonly label: string;
  readonly item: NonNullable<TransactWriteCommandInput['TransactItems']>[number];
}

export type WriteOutcome =
  | { readonly kind: 'written' }
  /**
   * Nothing was written. `failed` names the writes whose conditions did not hold; where it is empty, others were
   * writing the same items at that moment.
   */
  | { readonly kind: 'refused'; readonly failed: readonly string[] };

/** The client for everything but the hot path. */
export function createDocumentClient(): DocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 4, requestHandler: requestTimeouts(3_000) }),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  );
}

/** All of the writes or none of them. One put or update alone is no transaction, which would cost twice as much. */
export async function commit(client: DocumentClient, writes: readonly Write[]): Promise<WriteOutcome> {
  const [first, second] = writes;
  try {
    if (first?.item.Put !== undefined && second === undefined) {
      await client.send(new PutCommand(first.item.Put));
    } else if (first?.item.Update !== undefined && second === undefined) {
      await client.send(new UpdateCommand(first.item.Update));
    } else {
      await client.send(new TransactWriteCommand({ TransactItems: writes.map((write) => write.item) }));
    }
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { kind: 'refused', failed: writes.map(({ label }) => label) };
    }
    if (error instanceof TransactionConflictException) return { kind: 'refused', failed: [] };
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
    const failed = writes
      .filter((_, index) => codes[index] === 'ConditionalCheckFailed')
      .map(({ label }) => label);
    // Any other reason (throttled, item too large) is no statement about what others wrote.
    if (failed.length === 0 && !codes.includes('TransactionConflict')) throw error;
    return { kind: 'refused', failed };
  }
}

/** The SDK repeats what is throttled as a whole, but not a transaction of which a part is: nothing of it was written. */
export function isThrottled(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = '' }) =>
      ['ThrottlingError', 'ProvisionedThroughputExceeded'].includes(Code),
    )
  );
}

/** For whoever tries again where others were in the way: what was throttled was not written either. */
export function refusedIfThrottled(error: unknown): WriteOutcome {
  if (isThrottled(error)) return { kind: 'refused', failed: [] };
  throw error;
}

/** As many as DynamoDB takes at once. */
const itemsOfBatch = 100;
const batchesAtOnce = 8;

/**
 * Reads many items of one table by their keys, strongly consistent and in no order; those that do not exist are left out.
 * @param keys each one once
 */
export async function readMany(
  client: DocumentClient,
  tableName: string,
  keys: readonly Readonly<Record<string, string>>[],
): Promise<Record<string, unknown>[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / itemsOfBatch) }, (_, index) =>
    keys.slice(index * itemsOfBatch, (index + 1) * itemsOfBatch),
  );
  const found: Record<string, unknown>[] = [];
  for (let from = 0; from < batches.length; from += batchesAtOnce) {
    const some = batches.slice(from, from + batchesAtOnce);
    const items = await Promise.all(some.map((batch) => readBatch(client, tableName, batch)));
    found.push(...items.flat());
  }
  return found;
}

async function readBatch(
  client: DocumentClient,
  tableName: string,
  keys: readonly Readonly<Record<string, string>>[],
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let asked: Record<string, unknown>[] = [...keys];
  for (let tried = 0; asked.length > 0; tried++) {
    if (tried === attempts) throw new UnavailableError('DynamoDB answers for a part of the items only');
    if (tried > 0) await backoff(tried);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: asked, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[tableName] ?? []));
    // What does not fit into an answer of 16 MB, or into the table's throughput of this moment.
    asked = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return found;
}

const attempts = 10;

/**
 * Reads, decides and writes again until nobody else wrote in between.
 * @param attempt one try, told how many came before it; undefined where its conditions did not hold
 * @param whatHolds what is true when it is given up, for the message
 * @throws UnavailableError after 10 tries
 */
export async function retryContended<T>(
  attempt: (tried: number) => Promise<T | undefined>,
  whatHolds: string,
): Promise<T> {
  for (let tried = 0; tried < attempts; tried++) {
    if (tried > 0) await backoff(tried);
    const result = await attempt(tried);
    if (result !== undefined) return result;
  }
  throw new UnavailableError(`others are changing the same thing; ${whatHolds}, try again`);
}

/** Waits up to 25 ms, then 50, 100, ... 400 ms, at random, so that those who contend do not meet again. */
export async function backoff(tried: number): Promise<void> {
  const ceiling = Math.min(400, 25 * 2 ** tried);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * ceiling));
}
