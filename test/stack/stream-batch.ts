import { InvokeCommand } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import type { TestStack } from './test-stack.ts';

let sequence = 0;

/** A record of a table's stream, as Lambda hands it to a function. @param keys of the item */
export function recordOf(keys: Readonly<Record<string, string>>, after: object, before?: object) {
  sequence += 1;
  return {
    eventID: `event-${sequence}`,
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      Keys: marshall(keys),
      SequenceNumber: String(sequence),
      NewImage: marshall(after, { removeUndefinedValues: true }),
      ...(before === undefined ? {} : { OldImage: marshall(before) }),
    },
  };
}

/** Hands a batch of a stream to a function. @returns what it answers */
export async function deliverBatch(
  stack: TestStack,
  functionName: string,
  Records: readonly object[],
): Promise<unknown> {
  const { Payload, FunctionError } = await stack.lambda.send(
    new InvokeCommand({
      FunctionName: stack.functions[functionName],
      Payload: JSON.stringify({ Records }),
    }),
  );
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}
