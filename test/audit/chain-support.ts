import { type AuditEntry, chained, genesis } from '../../functions/audit/rules/audit-entry.ts';
import { type RecordedItem, recordedChange } from '../../functions/audit/rules/recorded-change.ts';
import type { Subject } from '../../functions/audit/rules/subject.ts';

/** A key's item as the revision made it. */
export function itemAt(revision: number, name = `name ${revision}`): RecordedItem {
  return {
    keyId: 'abcdefghijkl',
    subscriptionId: 'sub_abcdefghijklmnopqrst',
    name,
    secrets: [{ version: 1, hash: 'f'.repeat(64), pepper: 'v1', createdAt: '2026-11-23T10:00:00.000Z' }],
    revision,
    change: {
      action: `act-${revision % 3}`,
      actor: { kind: 'admin', id: `admin ${revision % 2}` },
      requestId: `request-${revision}`,
      at: new Date(Date.UTC(2026, 10, 23, 10, revision)).toISOString(),
      ...(revision % 2 === 0 ? { reason: 'a reason' } : {}),
    },
  };
}

/** The entries of items that follow one another, each hashing the one before. */
export function chainOf(items: readonly RecordedItem[]): AuditEntry[] {
  let previous = genesis;
  return items.map((item) => {
    const entry = { ...chained(recordedChange(about, item), previous), seal: `seal of ${item.revision}` };
    previous = entry.hash;
    return entry;
  });
}

export const subject = 'abcdefghijkl';
export const about: Subject = { subject, subjectKind: 'key' };
