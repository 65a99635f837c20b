import type { Recorded } from './audit-entry.ts';
import { isRecorded, recordedChange, recordedRemoval } from './recorded-change.ts';

/** What a stream record says beside its images. */
export interface StreamRecord {
  readonly eventID?: string | undefined;
  readonly dynamodb?: { readonly ApproximateCreationDateTime?: number | undefined } | undefined;
}

export interface StreamedChange {
  /** `past-the-record`: the item changed and its revision did not rise. */
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
    const kind = isRecorded(before) && before.revision >= after.revision ? 'past-the-record' : 'change';
    return { kind, recorded: recordedChange(after), happenedAt };
  }
  if (!isRecorded(before)) return undefined;
  const at = new Date(happenedAt).toISOString();
  return { kind: 'change', recorded: recordedRemoval(before, at, eventID ?? ''), happenedAt };
}
