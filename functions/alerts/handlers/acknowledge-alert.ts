import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { acknowledgeAlert } from '../acknowledge-alert.ts';
import { composeAlerts } from '../compose.ts';
import { acknowledgeAlertRequest } from '../messages.ts';

const client = createDocumentClient();
const dependencies = { client, alerts: composeAlerts(client) };

export const handler = managementFunction(
  acknowledgeAlertRequest,
  ({ requestedBy, ...request }, invocation) =>
    acknowledgeAlert(request, adminAct(requestedBy, invocation), dependencies),
);
