import { type AlertStore, pageOfAlerts } from '../alerts/index.ts';
import type { AlertItem } from '../alerts/rules/index.ts';
import type { KeyStore } from '../keys/index.ts';
import { type AccountAlert, accountAlertView } from './alert-view.ts';
import { keyOf } from './own-alert.ts';

export interface AccountAlertPage {
  readonly alerts: AccountAlert[];
  /** Id behind which the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface AlertReaders {
  readonly alerts: Pick<AlertStore, 'many' | 'idsOf' | 'openIdsOf'>;
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
): Promise<AccountAlertPage> {
  const idsBefore = (last: string | undefined) =>
    status === 'open'
      ? alerts.openIdsOf(subscriptionId, limit, last)
      : alerts.idsOf(subscriptionId, limit, last);
  const isAsked = (alert: AlertItem) => status === 'all' || alert.status === 'open';
  const page = await pageOfAlerts({ limit, before, idsBefore, isAsked }, alerts);
  return { ...page, alerts: await withKeys(page.alerts, now, keys) };
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
