import type { EndOfKey } from '../../keys/index.ts';
import { keptSeconds, keySubject, lookShardOf } from '../rules/activity-item.ts';
import { hourOf } from '../rules/sights.ts';

/**
 * Makes the look at a key due at once, because the key ends: it closes what is open and removes what was usual, with the
 * networks that it was used from. A key that is rarely used would wait for that for weeks. To be written with the end itself.
 *
 * `seen` rises, so that a look that is under way, and takes the key for live, is not written; but for one that insists (see `detect`),
 * which the next look makes up for. A key that was never used gets
 * an item, which goes with that look.
 */
export function createLastLooks(tableName: string): EndOfKey {
  return ({ keyId, subscriptionId }, now) => {
    const subject = keySubject(keyId);
    return [
      {
        label: 'last-look',
        item: {
          Update: {
            TableName: tableName,
            Key: { subject },
            UpdateExpression:
              'SET lookAt = :hour, dueShard = :shard, subscriptionId = :subscription, #ttl = if_not_exists(#ttl, :ttl) ADD seen :one',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: {
              ':hour': new Date(hourOf(now.getTime())).toISOString(),
              ':shard': lookShardOf(subject),
              ':subscription': subscriptionId,
              ':ttl': Math.floor(now.getTime() / 1000) + keptSeconds,
              ':one': 1,
            },
          },
        },
      },
    ];
  };
}
