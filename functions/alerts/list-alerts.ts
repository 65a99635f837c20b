import { pageOfAlerts } from './page-of-alerts.ts';
import { openShards } from './rules/alert-item.ts';
import { type AlertView, alertView } from './rules/alert-view.ts';
import type { AlertKind, Severity } from './rules/index.ts';
import type { AlertIds, AlertStore } from './stores/alert-store.ts';

export interface ListAlerts {
  readonly status: 'open' | 'all';
  readonly subscriptionId?: string | undefined;
  readonly kind?: AlertKind | undefined;
  readonly severity?: Severity | undefined;
  readonly limit: number;
  /** Begin with those that were opened before this one. */
  readonly before?: string | undefined;
}

type Alerts = Pick<AlertStore, 'many' | 'idsOf' | 'openIdsOf' | 'openIdsOfAll'>;

/** The alerts that are open, or all of a subscription, the newest first. */
export async function listAlerts(
  request: ListAlerts,
  alerts: Alerts,
): Promise<{ alerts: AlertView[]; next?: string }> {
  const { limit, before } = request;
  const idsBefore = (last: string | undefined) => idsOf(request, last, alerts);
  const isAsked = (alert: AlertView) => isOf(alert, request);
  const page = await pageOfAlerts({ limit, before, idsBefore, isAsked }, alerts);
  return { ...page, alerts: page.alerts.map(alertView) };
}

function idsOf(
  { status, subscriptionId, limit }: ListAlerts,
  before: string | undefined,
  alerts: Alerts,
): Promise<AlertIds> {
  if (subscriptionId === undefined) return openIds(alerts, limit, before);
  return status === 'open'
    ? alerts.openIdsOf(subscriptionId, limit, before)
    : alerts.idsOf(subscriptionId, limit, before);
}

/** The newest of all partitions. */
async function openIds(
  alerts: Pick<AlertStore, 'openIdsOfAll'>,
  limit: number,
  before: string | undefined,
): Promise<AlertIds> {
  const shards = Array.from({ length: openShards }, (_, shard) => alerts.openIdsOfAll(shard, limit, before));
  const pages = await Promise.all(shards);
  const ids = pages.flatMap(({ alertIds }) => alertIds).toSorted((a, b) => (a < b ? 1 : -1));
  return { alertIds: ids.slice(0, limit), more: ids.length > limit || pages.some(({ more }) => more) };
}

function isOf(
  alert: Pick<AlertView, 'status' | 'kind' | 'severity'>,
  { status, kind, severity }: ListAlerts,
): boolean {
  return (
    (status === 'all' || alert.status === 'open') &&
    (kind === undefined || alert.kind === kind) &&
    (severity === undefined || alert.severity === severity)
  );
}
