import { composeAlerts } from '../../alerts/index.ts';
import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { encodeCursor } from '../../runtime/rules/cursor.ts';
import { listAccountAlerts } from '../list-alerts.ts';
import { alertsQuery } from '../messages.ts';

const { client, keys } = composeKeys();
const dependencies = { keys, alerts: composeAlerts(client) };

/** `GET /account/alerts` */
export const handler = accountFunction({ query: alertsQuery }, async ({ subscriptionId, query, act }) => {
  const { status, limit, cursor } = query;
  const request = { subscriptionId, status, limit, before: cursor };
  const { alerts, next } = await listAccountAlerts(request, act.now, dependencies);
  return { body: { alerts, ...(next === undefined ? {} : { cursor: encodeCursor(next) }) } };
});
