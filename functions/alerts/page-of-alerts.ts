import type { AlertItem } from './rules/alert-item.ts';
import type { AlertIds, AlertStore } from './stores/alert-store.ts';

export interface AlertPage {
  readonly alerts: readonly AlertItem[];
  /** Id behind which the next page begins; absent on the last one. */
  readonly next?: string;
}

/** Ids looked at for one page, at most: whoever filters finely among thousands gets a short page, and where to go on. */
const mostLooks = 20;

/**
 * One page of the alerts that an index names, the newest first, as the table has them.
 * @param idsBefore so many ids of the index at most as the page is to hold, behind the given one
 * @param isAsked of what the index names, which also may be a moment behind
 */
export async function pageOfAlerts(
  {
    limit,
    before,
    idsBefore,
    isAsked,
  }: {
    readonly limit: number;
    readonly before?: string | undefined;
    readonly idsBefore: (before: string | undefined) => Promise<AlertIds>;
    readonly isAsked: (alert: AlertItem) => boolean;
  },
  alerts: Pick<AlertStore, 'many'>,
): Promise<AlertPage> {
  const told: AlertItem[] = [];
  let last = before;
  for (let look = 0; look < mostLooks; look++) {
    const { alertIds, more } = await idsBefore(last);
    const found = new Map((await alerts.many(alertIds)).map((alert) => [alert.alertId, alert]));
    for (const [index, id] of alertIds.entries()) {
      last = id;
      const alert = found.get(id);
      if (alert === undefined || !isAsked(alert)) continue;
      told.push(alert);
      const isLast = index === alertIds.length - 1 && !more;
      if (told.length === limit) return isLast ? { alerts: told } : { alerts: told, next: id };
    }
    if (!more) return { alerts: told };
  }
  return last === undefined ? { alerts: told } : { alerts: told, next: last };
}
