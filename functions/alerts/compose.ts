import type { DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { alertsTableEnvironment } from './contract.ts';
import { type AlertStore, createAlertStore } from './stores/alert-store.ts';

/** Table Alerts, by the function's environment. */
export function composeAlerts(client: DocumentClient): AlertStore {
  return createAlertStore(client, parseEnvironment(alertsTableEnvironment).ALERTS_TABLE);
}
