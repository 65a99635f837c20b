import type { Change } from '../../runtime/rules/change.ts';
import type { Recorded } from './audit-entry.ts';
import { isRecorded, recordedChange, recordedRemoval } from './recorded-change.ts';

/** What a stream record says beside its images. */
export interface StreamRecord {
  readonly eventID?: string | undefined;
  readonly dynamodb?: { readonly ApproximateCreationDateTime?: number | undefined } | undefined;
}

export interface StreamedChange {
  /** `past-the-record`: the item changed and its revision did not rise, or it does not tell what was done. */
  readonly kind: 'change' | 'past-the-record';
  readonly recorded: Recorded;
  /** Epoch milliseconds. */
  readonly happenedAt: number;
}

/**
 * What a stream record means for the audit; undefined for items that are not on record (locks, counters).
 */
export function toRecord(
  { eventID, dynamodb }: StreamRecord,
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>> | undefined,
): StreamedChange | undefined {
  const happenedAt = (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;
  if (isRecorded(after)) {
    // A write that changed an item without a new revision went past the product, and there is no change to tell of.
    const stands = isRecorded(before) && before.revision >= after.revision;
    const kind = stands || !isTold(after.change) ? 'past-the-record' : 'change';
    return { kind, recorded: recordedChange(after), happenedAt };
  }
  if (!isRecorded(before)) return undefined;
  const at = new Date(happenedAt).toISOString();
  return { kind: 'change', recorded: recordedRemoval(before, at, eventID ?? ''), happenedAt };
}

/** A change that does not would be refused again and again, and hold up those of all others for a day. */
function isTold({ action, actor, requestId, at }: Partial<Change>): boolean {
  return (
    typeof action === 'string' &&
    typeof actor === 'object' &&
    typeof requestId === 'string' &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at))
  );
}
