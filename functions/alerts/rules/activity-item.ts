/**
 * What was seen of one subject, and what is usual for it (table Activity, partition key `subject`). Two functions write
 * it: `aggregate-traffic` adds what the logs tell, `detect-anomalies` takes it in, on condition that `seen` and `through`
 * are as it read them.
 */
export interface ActivityItem {
  /** `key#<keyId>`; `sub#<subscriptionId>`; `api` for refused requests that belong to no key. */
  readonly subject: string;
  readonly subscriptionId?: string;
  /** As of the last request. */
  readonly tier?: string;
  /** Refused requests ever, by status. */
  readonly refused401?: number;
  readonly refused403?: number;
  readonly refused429?: number;
  /** Source networks since the last look; DynamoDB keeps no empty set. */
  readonly networks?: ReadonlySet<string>;
  /** The earliest request since the last look: ISO 8601. */
  readonly firstAt?: string;
  /** Rises with each write of `aggregate-traffic`. */
  readonly seen?: number;
  /** Partition and sort key of the sparse index `byLook`. */
  readonly dueShard?: number;
  readonly lookAt?: string;

  /** Everything before this moment is taken in: ISO 8601. */
  readonly through?: string;
  /** The counts at that moment. */
  readonly counted?: Counted;
  /** What is usual, as JSON: see `examine`. */
  readonly model?: string;
  /** Incidents that last, by kind and `of`: `surge/`, `refusals/429`. */
  readonly incidents?: Readonly<Record<string, Incident>>;
  /**
   * Epoch seconds, for nothing is kept for ever: `keptSeconds` after the last request or, of a subscription, the last look; 7
   * days after the last look at what has ended.
   */
  readonly ttl?: number;
}

export interface Counted {
  /** The month that `requests` counts in: `2026-11`. */
  readonly period: string;
  /** Of the key, or of the whole subscription, in that month. */
  readonly requests: number;
  readonly refused401: number;
  readonly refused403: number;
  readonly refused429: number;
}

/** An incident that lasts, told by the alert or not any more: the owner said that it was expected. */
export interface Incident {
  readonly alertId: string;
}

/** 400 days: what is used once a year keeps what is usual for it. */
export const keptSeconds = 400 * 86_400;

/** Items are spread over so many partitions of the index. */
export const lookShards = 16;

export const keySubject = (keyId: string): string => `key#${keyId}`;
export const subscriptionSubject = (subscriptionId: string): string => `sub#${subscriptionId}`;
/** Refused requests that belong to no key. */
export const apiSubject = 'api';

/** The key that an item is about; undefined for a subscription's and the API's. */
export const keyIdOf = ({ subject }: Pick<ActivityItem, 'subject'>): string | undefined =>
  subject.startsWith('key#') ? subject.slice('key#'.length) : undefined;

/** Whose item it is; undefined where it is nobody's, or does not say. */
export function subscriptionOf(item: Pick<ActivityItem, 'subject' | 'subscriptionId'>): string | undefined {
  if (item.subject.startsWith('sub#')) return item.subject.slice('sub#'.length);
  return keyIdOf(item) === undefined ? undefined : item.subscriptionId;
}

/** The partition of the index that a subject is in, the same for ever (FNV-1a). */
export function lookShardOf(subject: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < subject.length; index++) {
    hash = Math.imul(hash ^ subject.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % lookShards;
}
