import { composeAlerts } from '../../alerts/index.ts';
import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { accountAlertView } from '../alert-view.ts';
import { alertPath } from '../messages.ts';
import { keyOf, ownAlert } from '../own-alert.ts';

const { client, keys } = composeKeys();
const alerts = composeAlerts(client);

/** `GET /account/alerts/{alertId}` */
export const handler = accountFunction({ path: alertPath }, async ({ subscriptionId, path, act }) => {
  const alert = await ownAlert(path.alertId, subscriptionId, alerts);
  return { body: accountAlertView(alert, await keyOf(alert, keys), act.now) };
});
