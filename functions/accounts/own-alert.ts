import type { AlertStore } from '../alerts/index.ts';
import type { AlertItem } from '../alerts/rules/index.ts';
import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { NotFoundError } from '../runtime/errors.ts';

/**
 * One of the account's own alerts. Another's, and one of the whole platform, is answered as if there were none.
 * @throws NotFoundError
 */
export async function ownAlert(
  alertId: string,
  subscriptionId: string,
  alerts: Pick<AlertStore, 'get'>,
): Promise<AlertItem> {
  const alert = await alerts.get(alertId);
  if (alert === undefined || alert.subscriptionId !== subscriptionId) {
    throw new NotFoundError(`there is no alert ${alertId}`);
  }
  return alert;
}

/** The key that an alert is about, where there is one. */
export async function keyOf(
  { keyId, subscriptionId }: Pick<AlertItem, 'keyId' | 'subscriptionId'>,
  keys: Pick<KeyStore, 'get'>,
): Promise<KeyItem | undefined> {
  const key = keyId === undefined ? undefined : await keys.get(keyId);
  return key?.subscriptionId === subscriptionId ? key : undefined;
}
