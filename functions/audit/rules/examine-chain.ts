import { type AuditEntry, attributes, genesis, hashOf, indexed, itemHashOf } from './audit-entry.ts';
import { isEnd, type RecordedItem } from './recorded-change.ts';

/** Something that is wrong with a subject's record. */
export interface Broken {
  readonly subject: string;
  readonly sequence: number;
  readonly why: string;
}

/**
 * Examines a subject's entries, in order of sequence: each one's content against its hash, its link to the one before,
 * gaps, and the tail against the item. The seal of the head is for KMS to verify.
 * @param item as it was before the entries were read; undefined where there was none
 * @param itemAfter as it was after that: acts go on meanwhile, and so does their record
 */
export function examineChain(
  subject: string,
  entries: readonly AuditEntry[],
  item: RecordedItem | undefined,
  itemAfter: RecordedItem | undefined,
): Broken[] {
  const broken: Broken[] = [];
  const report = (sequence: number, why: string) => broken.push({ subject, sequence, why });
  let expected = 1;
  let previousHash = genesis;
  for (const entry of entries) {
    broken.push(...missing(subject, expected, entry.sequence - 1, ''));
    if (hashOf(entry, entry.previousHash) !== entry.hash) {
      report(entry.sequence, 'the entry was edited: its content does not give its hash');
    } else if (!sameIndex(entry)) {
      report(entry.sequence, 'the entry was edited: it is not listed under its day');
    } else if (Object.keys(entry).some((name) => !attributes.has(name))) {
      report(entry.sequence, 'the entry was edited: it holds what no entry holds');
    }
    const follows = entry.sequence === 1 || entries.some(({ sequence }) => sequence === entry.sequence - 1);
    if (follows && entry.previousHash !== previousHash) {
      report(entry.sequence, 'the entry does not follow the one before: one of the two was rewritten');
    }
    previousHash = entry.hash;
    expected = entry.sequence + 1;
  }
  return [...broken, ...examineTail(subject, entries, item, itemAfter)];
}

function examineTail(
  subject: string,
  entries: readonly AuditEntry[],
  item: RecordedItem | undefined,
  itemAfter: RecordedItem | undefined,
): Broken[] {
  const tail = entries.at(-1);
  const last = tail?.sequence ?? 0;
  if (item === undefined || itemAfter === undefined) {
    if (tail === undefined || isEnd(tail.action)) return [];
    return [{ subject, sequence: last, why: 'the item is gone, and its removal is not on record' }];
  }
  if (last > itemAfter.revision) {
    const why = `the item stands at revision ${itemAfter.revision} and the record goes on: the item was set back`;
    return [{ subject, sequence: last, why }];
  }
  const { revision } = item;
  const entry = entries.find(({ sequence }) => sequence === revision);
  if (entry !== undefined && entry.itemHash !== itemHashOf(item)) {
    return [{ subject, sequence: revision, why: 'the item was changed afterwards, past the record' }];
  }
  return missing(subject, last + 1, revision, ` at the end: the item stands at revision ${revision}`);
}

const toldOneByOne = 100;

/** Both bounds included. A forged number may leave a gap of any size, which must not keep the rest from being told. */
function missing(subject: string, from: number, to: number, where: string): Broken[] {
  if (to < from) return [];
  if (to - from >= toldOneByOne) {
    return [{ subject, sequence: from, why: `the entries from ${from} to ${to} are missing${where}` }];
  }
  return Array.from({ length: Math.ceil(to - from + 1) }, (_, index) => ({
    subject,
    sequence: from + index,
    why: `the entry is missing${where}`,
  }));
}

function sameIndex(entry: AuditEntry): boolean {
  // A forger may have put anything there.
  if (typeof entry.at !== 'string') return false;
  const { day, dayOrder } = indexed(entry);
  return entry.day === day && entry.dayOrder === dayOrder;
}
