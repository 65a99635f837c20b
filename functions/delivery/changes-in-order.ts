import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/**
 * Takes a stream's changes: those of one item one after the other, those of different items at once.
 * @param take `again`: the change has to be delivered once more, and those of its item that come after it
 * @param atOnce items at most that are taken at the same time
 * @returns the first change of each item that has to be delivered again
 */
export async function changesInOrder(
  { Records }: DynamoDBStreamEvent,
  take: (record: DynamoDBRecord) => Promise<'done' | 'again'>,
  atOnce = Number.POSITIVE_INFINITY,
): Promise<DynamoDBBatchResponse> {
  const items = Map.groupBy(Records, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys ?? {}));
  const waiting = items.values();
  const failed: string[] = [];

  async function takeItem(records: readonly DynamoDBRecord[]): Promise<void> {
    for (const record of records) {
      if ((await take(record)) === 'done') continue;
      failed.push(record.dynamodb?.SequenceNumber ?? '');
      return;
    }
  }

  async function takeWaiting(): Promise<void> {
    for (const records of waiting) await takeItem(records);
  }

  await Promise.all(Array.from({ length: Math.min(atOnce, items.size) }, takeWaiting));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
