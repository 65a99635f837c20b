import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  commit,
  type DocumentClient,
  isThrottled,
  retryContended,
  type Write,
} from '../../runtime/dynamodb.ts';
import { batchPrefix } from '../contract.ts';
import { keptSeconds, lookShardOf } from '../rules/activity-item.ts';
import { type RefusalStatus, refusalStatuses } from '../rules/signal.ts';
import { type Addition, mostNetworks } from '../rules/traffic-of.ts';

/** What the logs add to table Activity. Whatever is written twice is written once. */
export interface TrafficStore {
  /**
   * Adds the refusals of some subjects, once for each batch: its marker is put in the same transaction, so that a batch
   * which comes again adds nothing.
   * @param batch names the additions; the same name must mean the same additions
   * @param additions at most 99, of different subjects
   * @returns false where they were counted before
   * @throws UnavailableError while others write the same items again and again
   */
  count(batch: string, additions: readonly Addition[], now: number): Promise<boolean>;
  /**
   * Notes that a subject was used, from where, and that somebody has to look at it.
   * @throws UnavailableError while others write the same item again and again
   */
  note(addition: Addition): Promise<void>;
}

const day = 86_400;
/** CloudWatch tries for a day, and Lambda for six hours after that. */
const markerSeconds = 3 * day;
/** So many networks in one write: a set that has room grows past its limit by no more than these, less one. */
const networksAtOnce = 8;

export function createTrafficStore(client: DocumentClient, tableName: string): TrafficStore {
  return {
    count: (batch, additions, now) =>
      retryContended(async () => {
        const marker: Write = {
          label: 'batch',
          item: {
            Put: {
              TableName: tableName,
              Item: { subject: `${batchPrefix}${batch}`, ttl: Math.floor(now / 1000) + markerSeconds },
              ConditionExpression: 'attribute_not_exists(subject)',
            },
          },
        };
        try {
          const outcome = await commit(client, [marker, ...additions.map((it) => counting(it, tableName))]);
          if (outcome.kind === 'written') return true;
          return outcome.failed.length > 0 ? false : undefined;
        } catch (error) {
          if (isThrottled(error)) return undefined;
          throw error;
        }
      }, 'refusals of a batch are not counted'),
    async note(addition) {
      const { networks } = addition;
      let from = 0;
      do {
        const some = networks.slice(from, from + networksAtOnce);
        if ((await noteSome(client, tableName, addition, some)) === 'full') return;
        from += networksAtOnce;
      } while (from < networks.length);
    },
  };
}

function counting({ subject, refused, ...about }: Addition, tableName: string): Write {
  const counted = refusalStatuses.filter((status) => refused[status] !== undefined);
  return {
    label: subject,
    item: {
      Update: {
        TableName: tableName,
        Key: { subject },
        UpdateExpression: `SET ${described(about).join(', ')} ADD seen :one, ${counted.map((status) => `${counter(status)} :${status}`).join(', ')}`,
        ExpressionAttributeNames: attributeNames,
        ExpressionAttributeValues: {
          ...descriptions(about),
          ':one': 1,
          ...Object.fromEntries(counted.map((status) => [`:${status}`, refused[status]])),
        },
      },
    },
  };
}

/** A reserved word of DynamoDB's. */
const attributeNames = { '#ttl': 'ttl' };

const counter = (status: RefusalStatus) => `refused${status}`;

/** What an update of this kind takes for granted of the item; where it is otherwise, the next one does. */
interface Standing {
  /** A look is due at the request's hour, or was before that and has not come yet: it must not move to later. */
  readonly looksAlready: boolean;
  readonly full: boolean;
}

/** As most items are most of the time: one write is enough. */
const usual: Standing = { looksAlready: true, full: false };

/**
 * Every part of the update is the same when it is done again: what is there stays the earliest, a set has each network
 * once, and `seen` only tells the others that something was written.
 */
async function noteSome(
  client: DocumentClient,
  tableName: string,
  addition: Addition,
  networks: readonly string[],
): Promise<'noted' | 'full'> {
  const hour = hourOf(addition.firstAt);
  let standing = usual;
  return retryContended(async () => {
    // At once, for nobody was in the way: it was only taken to be otherwise.
    for (let guess = 0; guess < 3; guess++) {
      try {
        await client.send(new UpdateCommand(noting(addition, networks, hour, standing, tableName)));
        return standing.full ? 'full' : 'noted';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) standing = standingOf(error, hour);
        else if (isConflict(error)) return undefined;
        else throw error;
      }
    }
    return undefined;
  }, 'the use of a key is not noted');
}

function standingOf({ Item: item }: ConditionalCheckFailedException, hour: string): Standing {
  const lookAt = item?.['lookAt']?.S;
  return {
    looksAlready: lookAt !== undefined && lookAt <= hour,
    full: (item?.['networks']?.SS?.length ?? 0) >= mostNetworks,
  };
}

function noting(
  { subject, firstAt, ...about }: Addition,
  networks: readonly string[],
  hour: string,
  { looksAlready, full }: Standing,
  tableName: string,
) {
  const adds = networks.length > 0 && !full;
  const conditions = [
    looksAlready ? 'lookAt <= :hour' : '(attribute_not_exists(lookAt) OR lookAt > :hour)',
    ...(adds ? ['(attribute_not_exists(networks) OR size(networks) < :most)'] : []),
  ];
  const set = [
    ...described(about),
    'dueShard = :shard',
    'firstAt = if_not_exists(firstAt, :first)',
    ...(looksAlready ? [] : ['lookAt = :hour']),
  ];
  return {
    TableName: tableName,
    Key: { subject },
    UpdateExpression: `SET ${set.join(', ')} ADD seen :one${adds ? ', networks :networks' : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: attributeNames,
    ExpressionAttributeValues: {
      ...descriptions(about),
      ':shard': lookShardOf(subject),
      ':first': new Date(firstAt).toISOString(),
      ':hour': hour,
      ':one': 1,
      ...(adds ? { ':networks': new Set(networks), ':most': mostNetworks } : {}),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

type About = Pick<Addition, 'subscriptionId' | 'tier' | 'lastAt'>;

/** What every update sets, and the values of it. */
function described({ subscriptionId, tier }: About): string[] {
  return [
    '#ttl = :ttl',
    ...(subscriptionId === undefined ? [] : ['subscriptionId = :subscriptionId']),
    ...(tier === undefined ? [] : ['tier = :tier']),
  ];
}

function descriptions({ subscriptionId, tier, lastAt }: About): Record<string, unknown> {
  return {
    ':ttl': Math.floor(lastAt / 1000) + keptSeconds,
    ...(subscriptionId === undefined ? {} : { ':subscriptionId': subscriptionId }),
    ...(tier === undefined ? {} : { ':tier': tier }),
  };
}

/** `2026-11-27T12:00:00.000Z` */
function hourOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 13)}:00:00.000Z`;
}

/** A transaction writes the same item just now. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransactionConflictException';
}
