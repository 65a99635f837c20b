import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/**
 * Takes a stream's changes: those of one item one after the other, those of different items at once.
 * @param take `again`: the change has to be delivered once more, and those of its item that come after it
 * @returns the first change of each item that has to be delivered again
 */
export async function changesInOrder(
  { Records }: DynamoDBStreamEvent,
  take: (record: DynamoDBRecord) => Promise<'done' | 'again'>,
): Promise<DynamoDBBatchResponse> {
  const byItem = Map.groupBy(Records, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys ?? {}));
  const failed = await Promise.all(
    [...byItem.values()].map(async (records) => {
      for (const record of records) {
        if ((await take(record)) === 'again') return record.dynamodb?.SequenceNumber;
      }
      return undefined;
    }),
  );
  return {
    batchItemFailures: failed.flatMap((sequenceNumber) =>
      sequenceNumber === undefined ? [] : [{ itemIdentifier: sequenceNumber }],
    ),
  };
}
