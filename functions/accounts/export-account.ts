import type { AuditEntry } from '../audit/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { decodeCursor } from '../runtime/rules/cursor.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import type { UsageReport, UsageStore } from '../usage/index.ts';
import { usageReport } from '../usage/index.ts';
import { type Period, periodOf } from '../usage/rules/index.ts';
import { type AccountAudit, listAccountAudit } from './list-audit.ts';
import { type ListedKeys, listAllKeys } from './list-keys.ts';

/** Entries of the record that one export tells: some 2 MB of the 6 MB that a function may answer. */
const mostEntries = 2_000;
const entriesAtOnce = 100;
/** Months of usage that one export tells. */
const mostMonths = 120;

type AuditDependencies = Parameters<typeof listAccountAudit>[1];

/** The record of an account, newest first, and whether there is more of it. */
export async function exportedRecord(
  subscriptionId: string,
  dependencies: AuditDependencies,
): Promise<{ readonly record: readonly Omit<AuditEntry, 'dayOrder'>[]; readonly recordIsCut: boolean }> {
  const record: Omit<AuditEntry, 'dayOrder'>[] = [];
  let cursor: Readonly<Record<string, number>> | undefined;
  do {
    const page: AccountAudit = await listAccountAudit(
      { subscriptionId, limit: entriesAtOnce, cursor },
      dependencies,
    );
    record.push(...page.entries);
    cursor =
      page.cursor === undefined ? undefined : (decodeCursor(page.cursor) as Readonly<Record<string, number>>);
  } while (cursor !== undefined && record.length < mostEntries);
  return { record, recordIsCut: cursor !== undefined };
}

/** Usage of each month since the account began that had a request, the present one in any case. */
export async function exportedUsage(
  { subscriptionId, createdAt, tier }: SubscriptionItem,
  limit: number,
  now: Date,
  usages: Pick<UsageStore, 'get'>,
): Promise<UsageReport[]> {
  const reports = await Promise.all(
    monthsSince(createdAt, now).map(async (period) => {
      const usage = await usages.get(subscriptionId, period.name);
      return usageReport(subscriptionId, period, usage, { tier, limit }, now);
    }),
  );
  return reports.filter(({ total }, index) => total > 0 || index === 0);
}

/** The newest first. */
function monthsSince(createdAt: string, now: Date): Period[] {
  const months: Period[] = [];
  for (let at = now.getTime(); months.length < mostMonths; at = periodOf(at).startsAt - 1) {
    months.push(periodOf(at));
    if (periodOf(at).startsAt <= Date.parse(createdAt)) break;
  }
  return months;
}

export async function exportedKeys(
  subscriptionId: string,
  keys: Parameters<typeof listAllKeys>[1],
): Promise<readonly KeyItem[]> {
  const all: KeyItem[] = [];
  let after: string | undefined;
  do {
    const page: ListedKeys = await listAllKeys({ subscriptionId, limit: 100, after }, keys);
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}
