import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { AlertItem } from '../../functions/alerts/rules/index.ts';
import { writeNext } from './fleet-support.ts';
import { itemsOf, keyItem, tableName } from './management-support.ts';
import type { TestStack } from './test-stack.ts';

let count = 0;

/** Puts an alert into the table, as if it had just been noticed: each one is newer than those before. */
export async function openAlert(
  stack: TestStack,
  about: Pick<AlertItem, 'subscriptionId'> & Partial<AlertItem>,
): Promise<AlertItem> {
  const at = new Date(stack.clock.now()).toISOString();
  count += 1;
  const alert: AlertItem = {
    alertId: `alert_${String(count).padStart(26, '0')}`,
    kind: 'surge',
    of: '',
    severity: 'warning',
    explanation: '4,210 requests within an hour; usual are about 120.',
    facts: { requests: 4210, usual: 120 },
    status: 'open',
    openedAt: at,
    updatedAt: at,
    // What is closed is in no index of what is open.
    ...(about.status === 'closed' ? {} : { openShard: 3, openOf: about.subscriptionId }),
    revision: 1,
    change: {
      action: 'open-alert',
      actor: { kind: 'system', id: 'detect-anomalies' },
      requestId: `request-${count}`,
      at,
    },
    ...about,
  };
  await stack.dynamodb.send(new PutCommand({ TableName: tableName(stack, 'Alerts'), Item: alert }));
  return alert;
}

export async function alertItem(stack: TestStack, alertId: string): Promise<AlertItem> {
  const found = (await itemsOf(stack, 'Alerts')).find((item) => item['alertId'] === alertId);
  if (found === undefined) throw new Error(`no alert ${alertId}`);
  return found as unknown as AlertItem;
}

/** Suspends a key for alerts, as the stage's policy does: each of them holds it. */
export async function holdFor(
  stack: TestStack,
  keyId: string,
  ...alerts: readonly Pick<AlertItem, 'alertId'>[]
): Promise<void> {
  const item = await keyItem(stack, keyId);
  const at = new Date(stack.clock.now()).toISOString();
  const { anomaly = { at, by: 'deliver-alerts' } } = item.suspensions;
  const alertIds = [...(anomaly.alertIds ?? []), ...alerts.map(({ alertId }) => alertId)];
  await writeNext(stack, 'Keys', item, {
    suspensions: { ...item.suspensions, anomaly: { ...anomaly, alertIds } },
  });
}

/** Suspends a key for further causes, as other parts of the product would. */
export async function suspendFor(
  stack: TestStack,
  keyId: string,
  ...causes: readonly ('admin' | 'owner' | 'payment' | 'anomaly')[]
): Promise<void> {
  const item = await keyItem(stack, keyId);
  const at = new Date(stack.clock.now()).toISOString();
  const added = Object.fromEntries(causes.map((cause) => [cause, { at, by: cause }]));
  await writeNext(stack, 'Keys', item, { suspensions: { ...item.suspensions, ...added } });
}
