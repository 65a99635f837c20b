import type { SubjectKind } from './audit-entry.ts';

/** Who an entry is about: taken from the key that a table knows its item by, never from attributes that a writer chose. */
export interface Subject {
  readonly subject: string;
  readonly subjectKind: SubjectKind;
}

/**
 * The subject of an item by its table's key (`{ keyId }` of table Keys, `{ subscriptionId }` of table Subscriptions,
 * `{ alertId }` of table Alerts); undefined for the locks and counters that share a table with subscriptions: their ids hold a `#`.
 */
export function subjectOf(key: Readonly<Record<string, unknown>>): Subject | undefined {
  if (typeof key['keyId'] === 'string') return { subject: key['keyId'], subjectKind: 'key' };
  if (typeof key['alertId'] === 'string') return { subject: key['alertId'], subjectKind: 'alert' };
  const id = key['subscriptionId'];
  if (typeof id !== 'string' || id.includes('#')) return undefined;
  return { subject: id, subjectKind: id === 'platform' ? 'platform' : 'subscription' };
}
