import { type AuditEntry, genesis, hashOf, indexed, itemHashOf } from './audit-entry.ts';
import { type RecordedItem, removal } from './recorded-change.ts';

/** Something that is wrong with a subject's record. */
export interface Broken {
  readonly subject: string;
  readonly sequence: number;
  readonly why: string;
}

/**
 * Examines a subject's entries, in order of sequence: each one's content against its hash, its link to the one before,
 * gaps, and the tail against the item. The seal of the head is for KMS to verify.
 * @param item as it is now; undefined where there is none
 */
export function examineChain(
  subject: string,
  entries: readonly AuditEntry[],
  item: RecordedItem | undefined,
): Broken[] {
  const broken: Broken[] = [];
  const report = (sequence: number, why: string) => broken.push({ subject, sequence, why });
  let expected = 1;
  let previousHash = genesis;
  for (const entry of entries) {
    for (; expected < entry.sequence; expected++) report(expected, 'the entry is missing');
    if (hashOf(entry, entry.previousHash) !== entry.hash) {
      report(entry.sequence, 'the entry was edited: its content does not give its hash');
    } else if (!sameIndex(entry)) {
      report(entry.sequence, 'the entry was edited: it is not listed under its day');
    }
    const follows = entry.sequence === 1 || entries.some(({ sequence }) => sequence === entry.sequence - 1);
    if (follows && entry.previousHash !== previousHash) {
      report(entry.sequence, 'the entry does not follow the one before: one of the two was rewritten');
    }
    previousHash = entry.hash;
    expected = entry.sequence + 1;
  }
  return [...broken, ...examineTail(subject, entries.at(-1), item)];
}

function examineTail(
  subject: string,
  tail: AuditEntry | undefined,
  item: RecordedItem | undefined,
): Broken[] {
  const last = tail?.sequence ?? 0;
  if (item === undefined) {
    if (tail === undefined || tail.action === removal) return [];
    return [{ subject, sequence: last, why: 'the item is gone, and its removal is not on record' }];
  }
  const { revision } = item;
  if (last === revision && tail?.itemHash !== itemHashOf(item)) {
    return [{ subject, sequence: last, why: 'the item was changed afterwards, past the record' }];
  }
  if (last > revision) {
    const why = `the item stands at revision ${revision} and the record goes on: the item was set back`;
    return [{ subject, sequence: last, why }];
  }
  return Array.from({ length: revision - last }, (_, index) => ({
    subject,
    sequence: last + 1 + index,
    why: `the entry is missing at the end: the item stands at revision ${revision}`,
  }));
}

function sameIndex(entry: AuditEntry): boolean {
  const { day, dayOrder } = indexed(entry);
  return entry.day === day && entry.dayOrder === dayOrder;
}
