import type { Change } from '../../runtime/rules/change.ts';
import type { Recorded } from './audit-entry.ts';
import {
  expiry,
  isExpired,
  isRecorded,
  type RecordedItem,
  recordedChange,
  recordedRemoval,
  removal,
} from './recorded-change.ts';
import { subjectOf } from './subject.ts';

type Item = Readonly<Record<string, unknown>>;

/** A change of an item as its stream tells it. */
export interface StreamChange {
  readonly eventId: string;
  /** Epoch milliseconds at which the stream took it in. */
  readonly happenedAt: number;
  /** Removed by the table's time to live, as DynamoDB attests; default: not. */
  readonly byTimeToLive?: boolean;
  /** The key that the table knows the item by. */
  readonly key: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export type StreamedChange =
  | { readonly kind: 'change'; readonly recorded: Recorded; readonly happenedAt: number }
  /** Something was done past the product's code: there is nothing to record, and somebody must hear of it. */
  | { readonly kind: 'past-the-record'; readonly subject: string; readonly why: string };

/** What a stream record means for the audit; undefined for locks and counters, which are not on record. */
export function toRecord({
  eventId,
  happenedAt,
  byTimeToLive = false,
  key,
  before,
  after,
}: StreamChange): StreamedChange | undefined {
  const about = subjectOf(key);
  if (about === undefined) return undefined;
  const past = (why: string) => ({ kind: 'past-the-record' as const, subject: about.subject, why });
  if (after === undefined) {
    if (!isRecorded(before)) return past('an item that was not on record was removed');
    const at = new Date(happenedAt).toISOString();
    const action = isExpired(about, before, { byTimeToLive, happenedAt }) ? expiry : removal;
    return { kind: 'change', recorded: recordedRemoval(about, before, at, eventId, action), happenedAt };
  }
  if (!isRecorded(after)) return past('the item has no revision, or does not tell what was done');
  const revision = isRecorded(before) ? before.revision : 0;
  if (after.revision <= revision) return past('the item changed and its revision did not rise');
  // Out of nothing comes revision 1; anything else was taken away and put back.
  if (before === undefined && after.revision !== 1) return past('the item appeared at a later revision');
  if (!isTold(after)) return past('the item does not tell what was done');
  return { kind: 'change', recorded: recordedChange(about, after), happenedAt };
}

/** A change that does not tell would be refused again and again, and hold up those of all others for a day. */
function isTold({ revision, change }: RecordedItem): boolean {
  const { action, actor, requestId, at }: Partial<Change> = change;
  return (
    Number.isSafeInteger(revision) &&
    typeof action === 'string' &&
    typeof actor === 'object' &&
    typeof requestId === 'string' &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at))
  );
}
