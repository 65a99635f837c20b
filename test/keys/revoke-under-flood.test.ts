import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { createLastLooks } from '../../functions/alerts/stores/last-looks.ts';
import { createKeyStore, revokeKey } from '../../functions/keys/index.ts';
import type { DocumentClient } from '../../functions/runtime/dynamodb.ts';
import { createSubscriptionStore } from '../../functions/subscriptions/stores/subscription-store.ts';
import { at, waiting } from '../delivery/rules-support.ts';

/** DynamoDB with one key, which refuses for some reason each write that touches table Activity. */
function floodedTables(code: 'ThrottlingError' | 'TransactionConflict') {
  const written: string[] = [];
  const client = {
    send: async ({
      input,
    }: {
      input: TransactWriteCommandInput & { TableName?: string; Item?: unknown };
    }) => {
      if (input.TransactItems === undefined && input.Item === undefined) {
        return { Item: input.TableName === 'keys' ? waiting : undefined };
      }
      const writes: NonNullable<TransactWriteCommandInput['TransactItems']> = input.TransactItems ?? [
        { Put: input as never },
      ];
      const tables = writes.map((write) => String((write.Put ?? write.Update)?.TableName));
      if (tables.includes('activity')) {
        throw new TransactionCanceledException({
          message: 'Transaction cancelled',
          $metadata: {},
          CancellationReasons: tables.map((table) => ({ Code: table === 'activity' ? code : 'None' })),
        });
      }
      written.push(...tables);
      return {};
    },
  } as unknown as DocumentClient;
  return { client, written };
}

test.each(['ThrottlingError', 'TransactionConflict'] as const)(
  'a key is revoked though its item of detection is so hot that every write of it ends with %s',
  async (code) => {
    const { client, written } = floodedTables(code);
    const act = { actor: { kind: 'admin', id: 'grace' }, requestId: 'r', now: at(1) } as const;
    const answer = await revokeKey({ keyId: waiting.keyId }, act, {
      client,
      keys: createKeyStore(client, 'keys'),
      subscriptions: createSubscriptionStore(client, 'subscriptions'),
      endOfKey: createLastLooks('activity'),
    });
    expect(answer).toEqual({ keyId: waiting.keyId, revokedAt: at(1).toISOString() });
    expect(written).toEqual(['keys']);
  },
);
