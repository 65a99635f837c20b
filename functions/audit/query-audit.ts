import { ValidationError } from '../runtime/errors.ts';
import { encodeCursor } from '../runtime/rules/cursor.ts';
import { type AuditEntry, attributes } from './rules/audit-entry.ts';
import type { AuditStore, Found, Page, Position } from './stores/audit-store.ts';

export interface QueryAudit {
  readonly keyId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly alertId?: string | undefined;
  readonly day?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: Position | undefined;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly Omit<AuditEntry, 'dayOrder'>[];
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string;
}

/** One page of the record of a key, a subscription, an alert or a day. Never a scan. */
export async function queryAudit(request: QueryAudit, audit: AuditStore): Promise<AuditPage> {
  const { keyId, subscriptionId, alertId, day, from, to, limit, cursor } = request;
  const subject = keyId ?? subscriptionId ?? alertId;
  if (cursor !== undefined && !isOfList(cursor, request)) {
    throw new ValidationError('cursor: belongs to another list');
  }
  const read = (page: Page) =>
    subject === undefined ? audit.ofDay(day ?? '', page) : audit.ofSubject(subject, page);

  const entries: AuditEntry[] = [];
  let next: Position | undefined = cursor;
  do {
    // Bounds are a filter on what is read, so that a page may give less than was asked for, or nothing.
    const found: Found = await read({ from, to, limit: limit - entries.length, after: next });
    entries.push(...found.entries);
    next = found.next;
  } while (next !== undefined && entries.length < limit);
  return {
    entries: entries.map(told),
    ...(next === undefined ? {} : { cursor: encodeCursor(next) }),
  };
}

/** Without the index's own attribute, and without anything that no entry holds: what is not hashed is no evidence. */
function told(entry: AuditEntry): Omit<AuditEntry, 'dayOrder'> {
  const known = Object.entries(entry).filter(([name]) => attributes.has(name) && name !== 'dayOrder');
  return Object.fromEntries(known) as unknown as Omit<AuditEntry, 'dayOrder'>;
}

/** Whether a position lies in the list, within its bounds: DynamoDB refuses to begin anywhere else. */
function isOfList(
  position: Position,
  { keyId, subscriptionId, alertId, day, from, to }: QueryAudit,
): boolean {
  if (day === undefined) {
    return position['subject'] === (keyId ?? subscriptionId ?? alertId) && position['day'] === undefined;
  }
  const at = String(position['dayOrder']).split('#', 1)[0] ?? '';
  return position['day'] === day && (from === undefined || from <= at) && (to === undefined || at <= to);
}
