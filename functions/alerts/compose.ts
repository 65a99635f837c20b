import type { EndOfKey } from '../keys/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { activityTableEnvironment, alertsTableEnvironment } from './contract.ts';
import { type AlertStore, createAlertStore } from './stores/alert-store.ts';
import { createLastLooks } from './stores/last-looks.ts';

/** Table Alerts, by the function's environment. */
export function composeAlerts(client: DocumentClient): AlertStore {
  return createAlertStore(client, parseEnvironment(alertsTableEnvironment).ALERTS_TABLE);
}

/** What the end of a key writes to table Activity, by the function's environment. */
export function composeLastLooks(): EndOfKey {
  return createLastLooks(parseEnvironment(activityTableEnvironment).ACTIVITY_TABLE);
}
