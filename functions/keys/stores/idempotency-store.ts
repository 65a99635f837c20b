import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Write } from '../../runtime/dynamodb.ts';
import type { Act } from '../../runtime/rules/change.ts';
import { ttlAttribute } from '../../subscriptions/contract.ts';

/**
 * Remembers for 10 minutes which act an `idempotencyKey` has led to. The record is written in the act's own transaction,
 * so of two at once only one mints; it holds no secret: the API key is read back from the pending handover.
 * Records live in table Subscriptions beside the address locks and go by TTL.
 */
export interface IdempotencyStore {
  find(scope: IdempotencyScope, now: Date): Promise<IdempotencyRecord | undefined>;
  /** Fails (label `idempotency`) where the same key has been used within the last 10 minutes. */
  creation(scope: IdempotencyScope, record: Omit<IdempotencyRecord, 'expiresAt'>, now: Date): Write;
}

export interface IdempotencyScope {
  /** The act, such as `generate-key`: the same key means something else for another act. */
  readonly act: string;
  readonly idempotencyKey: string;
}

export interface IdempotencyRecord {
  readonly keyId: string;
  readonly version: number;
  /** Hash of the request, so that the same key with another request is noticed. */
  readonly fingerprint: string;
  /** The answer without the API key. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

export const idempotencyWindowSeconds = 600;

export function createIdempotencyStore(client: DynamoDBDocumentClient, tableName: string): IdempotencyStore {
  const itemKey = ({ act, idempotencyKey }: IdempotencyScope) =>
    `idempotency#${createHash('sha256').update(`${act}\n${idempotencyKey}`).digest('hex')}`;
  const seconds = (now: Date) => Math.floor(now.getTime() / 1000);
  return {
    async find(scope, now) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { subscriptionId: itemKey(scope) },
          ConsistentRead: true,
        }),
      );
      const record = Item as IdempotencyRecord | undefined;
      // TTL deletes late.
      return record !== undefined && record.expiresAt > seconds(now) ? record : undefined;
    },
    creation: (scope, record, now) => ({
      label: 'idempotency',
      item: {
        Put: {
          TableName: tableName,
          Item: {
            subscriptionId: itemKey(scope),
            ...record,
            [ttlAttribute]: seconds(now) + idempotencyWindowSeconds,
          },
          ConditionExpression: 'attribute_not_exists(subscriptionId) OR #expiresAt <= :now',
          ExpressionAttributeNames: { '#expiresAt': ttlAttribute },
          ExpressionAttributeValues: { ':now': seconds(now) },
        },
      },
    }),
  };
}

/** An owner's keys are the account's own: nobody is answered with another's by guessing one. Admins share theirs. */
export function scopeOf(act: string, { actor }: Pick<Act, 'actor'>): string {
  return actor.kind === 'owner' ? `${act}\n${actor.id}` : act;
}

/** A hash of a request's fields that does not depend on their order. */
export function fingerprintOf(request: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(request)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
