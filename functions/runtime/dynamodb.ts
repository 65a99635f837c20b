import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
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

/** All of the writes or none of them. One put alone is no transaction, which would cost twice as much. */
export async function commit(client: DocumentClient, writes: readonly Write[]): Promise<WriteOutcome> {
  const [first, second] = writes;
  try {
    if (first?.item.Put !== undefined && second === undefined) {
      await client.send(new PutCommand(first.item.Put));
    } else {
      await client.send(new TransactWriteCommand({ TransactItems: writes.map((write) => write.item) }));
    }
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { kind: 'refused', failed: writes.map(({ label }) => label) };
    }
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

const attempts = 10;

/**
 * Reads, decides and writes again until nobody else wrote in between.
 * @param attempt one try; undefined where its conditions did not hold
 * @param whatHolds what is true when it is given up, for the message
 * @throws UnavailableError after 10 tries
 */
export async function retryContended<T>(
  attempt: () => Promise<T | undefined>,
  whatHolds: string,
): Promise<T> {
  for (let tried = 0; tried < attempts; tried++) {
    if (tried > 0) await backoff(tried);
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new UnavailableError(`others are changing the same thing; ${whatHolds}, try again`);
}

/** Waits up to 25 ms, then 50, 100, ... 400 ms, at random, so that those who contend do not meet again. */
async function backoff(tried: number): Promise<void> {
  const ceiling = Math.min(400, 25 * 2 ** tried);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * ceiling));
}
