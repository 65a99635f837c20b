import type * as z from 'zod';
import type { AlertStore } from '../alerts/index.ts';
import type { AuditStore } from '../audit/index.ts';
import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { decodeCursor } from '../runtime/rules/cursor.ts';
import { limitsOf } from '../runtime/rules/tier-limits.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import { ownAccount } from '../subscriptions/index.ts';
import type { UsageReport, UsageStore } from '../usage/index.ts';
import { usageReport } from '../usage/index.ts';
import { type Period, periodOf } from '../usage/rules/index.ts';
import type { AccountAlert } from './alert-view.ts';
import type { accountExport } from './answers.ts';
import { type AccountDependencies, describeAccount } from './describe-account.ts';
import { listAccountAlerts } from './list-alerts.ts';
import { type AccountAudit, listAccountAudit } from './list-audit.ts';
import { allKeyIds } from './list-keys.ts';
import { accountKeyView } from './views.ts';

/** Entries of the record that one export tells: some 2 MB of the 6 MB that a function may answer. */
const mostEntries = 2_000;
/** Alerts that one export tells: less than 1 MB. */
const mostAlerts = 1_000;
const entriesAtOnce = 100;
/** Months of usage that one export tells. */
const mostMonths = 120;

export interface ExportDependencies extends AccountDependencies {
  readonly keys: KeyStore;
  readonly audit: AuditStore;
  readonly alerts: AlertStore;
  readonly usages: UsageStore;
}

/** All that is kept about an account but secrets. @throws NotFoundError */
export async function exportAccount(
  subscriptionId: string,
  now: Date,
  dependencies: ExportDependencies,
): Promise<z.infer<typeof accountExport>> {
  const { keys, subscriptions, usages, limits } = dependencies;
  const subscription = await ownAccount(subscriptionId, subscriptions);
  const { openPgpKey, tier } = subscription;
  const [account, items, recent, usage, record, alerts] = await Promise.all([
    describeAccount(subscriptionId, now, dependencies),
    allKeys(subscriptionId, keys),
    usages.recent(subscriptionId, now),
    usageOf(subscription, limitsOf(limits, tier).requestsPerMonth, now, usages),
    recordOf(subscriptionId, dependencies),
    alertsOf(subscriptionId, now, dependencies),
  ]);
  return {
    exportedAt: now.toISOString(),
    account,
    ...(openPgpKey === undefined ? {} : { openPgpKey: openPgpKey.armored }),
    keys: items.map((key) => accountKeyView(key, recent, now)),
    usage,
    ...record,
    ...alerts,
  };
}

/** The record of an account, newest first, and whether there is more of it. */
async function recordOf(
  subscriptionId: string,
  dependencies: Pick<ExportDependencies, 'audit' | 'keys'>,
): Promise<Pick<z.infer<typeof accountExport>, 'record' | 'recordIsCut'>> {
  const record: AccountAudit['entries'][number][] = [];
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

/** The alerts of an account, newest first, and whether there are more of them. */
async function alertsOf(
  subscriptionId: string,
  now: Date,
  dependencies: Pick<ExportDependencies, 'alerts' | 'keys'>,
): Promise<Pick<z.infer<typeof accountExport>, 'alerts' | 'alertsAreCut'>> {
  const alerts: AccountAlert[] = [];
  let before: string | undefined;
  do {
    const request = { subscriptionId, status: 'all', limit: entriesAtOnce, before } as const;
    const page = await listAccountAlerts(request, now, dependencies);
    alerts.push(...page.alerts);
    before = page.next;
  } while (before !== undefined && alerts.length < mostAlerts);
  return { alerts, alertsAreCut: before !== undefined };
}

/** Usage of each month since the account began that had a request, the present one in any case. */
async function usageOf(
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

async function allKeys(subscriptionId: string, keys: KeyStore): Promise<readonly KeyItem[]> {
  const found = await Promise.all((await allKeyIds(subscriptionId, keys)).map((keyId) => keys.get(keyId)));
  return found.filter((key) => key !== undefined);
}
