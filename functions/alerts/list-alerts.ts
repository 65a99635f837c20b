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

/** Ids looked at for one page, at most: whoever filters finely among thousands gets a short page, and where to go on. */
const mostLooks = 20;

/** The alerts that are open, or all of a subscription, the newest first. */
export async function listAlerts(
  request: ListAlerts,
  alerts: Pick<AlertStore, 'many' | 'idsOf' | 'openIdsOf'>,
): Promise<{ alerts: AlertView[]; next?: string }> {
  const { limit, subscriptionId } = request;
  const idsBefore = (before: string | undefined) =>
    subscriptionId === undefined
      ? openIds(alerts, limit, before)
      : alerts.idsOf(subscriptionId, limit, before);
  const told: AlertView[] = [];
  let before = request.before;
  for (let look = 0; look < mostLooks; look++) {
    const page = await idsBefore(before);
    const found = await alerts.many(page.alertIds);
    const byId = new Map(found.map((alert) => [alert.alertId, alert]));
    for (const [index, id] of page.alertIds.entries()) {
      before = id;
      const alert = byId.get(id);
      // The index may be a moment behind.
      if (alert === undefined || !isAsked(alert, request)) continue;
      told.push(alertView(alert));
      const isLast = index === page.alertIds.length - 1 && !page.more;
      if (told.length === limit) return isLast ? { alerts: told } : { alerts: told, next: id };
    }
    if (!page.more) return { alerts: told };
  }
  return before === undefined ? { alerts: told } : { alerts: told, next: before };
}

/** The newest of all partitions. */
async function openIds(
  alerts: Pick<AlertStore, 'openIdsOf'>,
  limit: number,
  before: string | undefined,
): Promise<AlertIds> {
  const shards = Array.from({ length: openShards }, (_, shard) => alerts.openIdsOf(shard, limit, before));
  const pages = await Promise.all(shards);
  const ids = pages.flatMap(({ alertIds }) => alertIds).toSorted((a, b) => (a < b ? 1 : -1));
  return { alertIds: ids.slice(0, limit), more: ids.length > limit || pages.some(({ more }) => more) };
}

function isAsked(
  alert: Pick<AlertView, 'status' | 'kind' | 'severity'>,
  { status, kind, severity }: ListAlerts,
): boolean {
  return (
    (status === 'all' || alert.status === 'open') &&
    (kind === undefined || alert.kind === kind) &&
    (severity === undefined || alert.severity === severity)
  );
}
