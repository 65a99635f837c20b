import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { encodeCursor } from '../../runtime/rules/cursor.ts';
import { composeAlerts } from '../compose.ts';
import { listAlerts } from '../list-alerts.ts';
import { listAlertsRequest } from '../messages.ts';

const store = composeAlerts(createDocumentClient());

export const handler = managementFunction(listAlertsRequest, async ({ cursor, ...request }) => {
  const { alerts, next } = await listAlerts({ ...request, before: cursor }, store);
  return { alerts, ...(next === undefined ? {} : { cursor: encodeCursor(next) }) };
});
