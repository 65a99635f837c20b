import { dueItems } from '../../runtime/due-items.ts';
import { type DocumentClient, readMany, type Write } from '../../runtime/dynamodb.ts';
import { byLookIndex } from '../contract.ts';
import { type ActivityItem, type Counted, lookShardOf } from '../rules/activity-item.ts';
import type { Incidents } from '../rules/incidents.ts';
import { hourOf } from '../rules/sights.ts';

/** Table Activity, as the hourly look reads and writes it; what comes from the logs is written elsewhere. */
export interface ActivityStore {
  /** Subjects of a partition of the index that are to be looked at, the longest awaited first, page by page. */
  due(shard: number, now: Date): AsyncIterable<readonly DueSubject[]>;
  /** Those of many, each named once, that exist. Strongly consistent, in no order. */
  many(subjects: readonly string[]): Promise<ActivityItem[]>;
  /**
   * What a look takes in and leaves behind, on condition that nobody has written the item since it was read; where it
   * `insists`, that no other look has. What the logs have added meanwhile is kept: the next hour's look takes it in.
   */
  taken(item: ActivityItem, look: Taken, how?: { readonly insists: boolean }): Write;
}

export interface DueSubject {
  readonly subject: string;
  /** ISO 8601. */
  readonly lookAt: string;
}

/** What a look leaves behind. */
export interface Taken {
  readonly subscriptionId: string;
  /** ISO 8601, all of them. */
  readonly through: string;
  readonly counted?: Counted | undefined;
  readonly model?: string | undefined;
  readonly incidents: Incidents;
  /** When to look again though nothing comes; undefined: no more. */
  readonly lookAt?: string | undefined;
  /** Epoch seconds; undefined leaves it to the logs. */
  readonly ttl?: number | undefined;
  /** Whether what is usual is not kept any more. */
  readonly isLast?: true;
}

export function createActivityStore(client: DocumentClient, tableName: string): ActivityStore {
  const index = { tableName, indexName: byLookIndex, sortKey: 'lookAt' };
  return {
    async *due(shard, now) {
      for await (const items of dueItems(client, index, shard, now)) {
        yield items.map((item) => ({ subject: String(item['subject']), lookAt: String(item['lookAt']) }));
      }
    },
    async many(subjects) {
      const keys = subjects.map((subject) => ({ subject }));
      return (await readMany(client, tableName, keys)) as unknown as ActivityItem[];
    },
    taken: (item, look, { insists } = { insists: false }) => ({
      label: 'activity',
      item: { Update: update(tableName, item, insists ? lookedAtAgain(look) : look, insists) },
    }),
  };
}

/** Whatever it was planned for: as soon as it may be. */
function lookedAtAgain(look: Taken): Taken {
  return { ...look, lookAt: new Date(hourOf(Date.parse(look.through)) + 3_600_000).toISOString() };
}

/**
 * Of the networks, those that were read are taken out of the set. What came since then stays for the next look where this one
 * insists; where it does not, the write fails, for whoever adds a network raises `seen`.
 */
function update(
  TableName: string,
  { subject, through, seen, networks }: ActivityItem,
  look: Taken,
  insists: boolean,
) {
  const { lookAt, incidents, isLast, ...always } = look;
  const isAwaited = lookAt !== undefined;
  const hasIncidents = Object.keys(incidents).length > 0;
  const set = {
    ...always,
    ...(isAwaited ? { lookAt, dueShard: lookShardOf(subject) } : {}),
    ...(hasIncidents ? { incidents } : {}),
  };
  const sets = Object.entries(set).filter(([, value]) => value !== undefined);
  const removes = [
    'firstAt',
    ...(isAwaited ? [] : ['lookAt', 'dueShard']),
    ...(hasIncidents ? [] : ['incidents']),
    ...(isLast === true ? ['model'] : []),
  ];
  const condition = (name: string, read: unknown) =>
    read === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}Read`;
  const asRead = { through, ...(insists ? {} : { seen }) };
  const names = [...new Set([...Object.keys(asRead), ...sets.map(([name]) => name), ...removes])];
  const hasNetworks = networks !== undefined && networks.size > 0;
  return {
    TableName,
    Key: { subject },
    UpdateExpression: [
      `SET ${sets.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      `REMOVE ${removes.map((name) => `#${name}`).join(', ')}`,
      ...(hasNetworks ? ['DELETE #networks :networks'] : []),
    ].join(' '),
    ConditionExpression: Object.entries(asRead)
      .map(([name, read]) => condition(name, read))
      .join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...(hasNetworks ? ['networks'] : [])].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(
        Object.entries(asRead)
          .filter(([, read]) => read !== undefined)
          .map(([name, read]) => [`:${name}Read`, read]),
      ),
      ...(hasNetworks ? { ':networks': new Set(networks) } : {}),
    },
  };
}
