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

/** What use cases hand to `commit`; the SDK itself stays with stores and this file. */
export type DocumentClient = DynamoDBDocumentClient;

import { requestTimeouts } from './request-timeouts.ts';

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

/** Waits before a contended write is tried again: up to 25 ms, then 50, 100, ... 400 ms, at random. */
export async function backoff(attempt: number): Promise<void> {
  const ceiling = Math.min(400, 25 * 2 ** attempt);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * ceiling));
}
