import type { AlertStore } from '../alerts/index.ts';
import type { AlertItem } from '../alerts/rules/index.ts';
import type { KeyStore } from '../keys/index.ts';
import { type AccountAlert, accountAlertView } from './alert-view.ts';
import { keyOf } from './own-alert.ts';

/** One page looks at so many alerts: open ones may lie behind many that are closed. */
const mostLookedAt = 500;

export interface AlertPage {
  readonly alerts: AccountAlert[];
  /** Id behind which the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface AlertReaders {
  readonly alerts: Pick<AlertStore, 'get' | 'idsOf'>;
  readonly keys: Pick<KeyStore, 'get'>;
}

/** One page of an account's alerts, newest first: of the open ones, or of all. */
export async function listAccountAlerts(
  {
    subscriptionId,
    status,
    limit,
    before,
  }: {
    readonly subscriptionId: string;
    readonly status: 'open' | 'all';
    readonly limit: number;
    readonly before?: string | undefined;
  },
  now: Date,
  { alerts, keys }: AlertReaders,
): Promise<AlertPage> {
  const found: AlertItem[] = [];
  let last = before;
  let isMore = true;
  for (let looked = 0; isMore && found.length < limit && looked < mostLookedAt; looked += limit) {
    const { alertIds, more } = await alerts.idsOf(subscriptionId, limit, last);
    const items = await Promise.all(alertIds.map((alertId) => alerts.get(alertId)));
    isMore = more;
    for (const [index, alert] of items.entries()) {
      last = alertIds[index];
      if (alert !== undefined && (status === 'all' || alert.status === 'open')) found.push(alert);
      if (found.length < limit) continue;
      isMore = more || index < items.length - 1;
      break;
    }
  }
  return {
    alerts: await withKeys(found, now, keys),
    ...(isMore && last !== undefined ? { next: last } : {}),
  };
}

/** Several alerts can be about one key, which is read once. */
async function withKeys(
  found: readonly AlertItem[],
  now: Date,
  keys: AlertReaders['keys'],
): Promise<AccountAlert[]> {
  const known = new Map<string, ReturnType<typeof keyOf>>();
  return Promise.all(
    found.map(async (alert) => {
      const id = alert.keyId ?? '';
      const key = known.get(id) ?? keyOf(alert, keys);
      known.set(id, key);
      return accountAlertView(alert, await key, now);
    }),
  );
}
