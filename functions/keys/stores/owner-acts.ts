import type { Write, WriteOutcome } from '../../runtime/dynamodb.ts';
import { LimitError } from '../../runtime/errors.ts';
import { ttlAttribute } from '../../subscriptions/contract.ts';
import { actsAnHour } from '../rules/owner-limits.ts';

/**
 * Counts what an owner does to keys that is limited in no other way, hour by hour of the clock (UTC). The count is one more
 * write of the act's own transaction, on an item of table Subscriptions that goes by TTL: what is not done does not count.
 */
export interface OwnerActs {
  /** Fails where as many as may be have been counted: see `assertNotTooMany`. */
  counted(subscriptionId: string, now: Date): Write;
}

const label = 'owner-acts';
const hourSeconds = 3_600;

export function createOwnerActs(tableName: string): OwnerActs {
  return {
    counted(subscriptionId, now) {
      const hour = now.toISOString().slice(0, 13);
      return {
        label,
        item: {
          Update: {
            TableName: tableName,
            Key: { subscriptionId: `acts#${subscriptionId}#${hour}` },
            UpdateExpression: 'SET #expiresAt = :end ADD #count :one',
            ConditionExpression: 'attribute_not_exists(#count) OR #count < :limit',
            ExpressionAttributeNames: { '#count': 'count', '#expiresAt': ttlAttribute },
            ExpressionAttributeValues: {
              ':one': 1,
              ':limit': actsAnHour,
              ':end': Math.floor(now.getTime() / 1000) + 2 * hourSeconds,
            },
          },
        },
      };
    },
  };
}

/** @throws LimitError where an act was not written because it would be one too many */
export function assertNotTooMany(outcome: WriteOutcome): void {
  if (outcome.kind === 'written' || !outcome.failed.includes(label)) return;
  throw new LimitError(
    `${actsAnHour} times within this hour keys were suspended, let go on, or alerts answered, which is the most; go on in the next hour (UTC)`,
  );
}
