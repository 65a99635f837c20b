import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { suspensionPolicyEnvironment } from '../../alerts/contract.ts';
import { composeAlerts } from '../../alerts/index.ts';
import { composeKeys, composeTimedKeys } from '../../keys/index.ts';
import { dashboardEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { composeSending } from '../compose-sending.ts';
import { type AlertBatchDependencies, tellOfAlerts } from '../tell-of-alerts.ts';

const environment = parseEnvironment(
  z.object({ ...dashboardEnvironment.shape, ...suspensionPolicyEnvironment.shape }),
);
const { SUSPENSION_POLICY: suspensionPolicy } = environment;
const hasPolicy = Object.keys(suspensionPolicy).length > 0;
const { client, keys } = composeKeys();
const { mailer, adminAlerts, product, sender } = composeSending();
const dependencies: AlertBatchDependencies = {
  client,
  keys,
  ...(hasPolicy ? { timers: composeTimedKeys().policy } : {}),
  suspensionPolicy,
  alerts: composeAlerts(client),
  subscriptions: composeSubscriptions(client),
  mailer,
  adminAlerts,
  product,
  sender,
  dashboardUrl: environment.DASHBOARD_ORIGIN,
};

/** Consumes the stream of table Alerts. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const act = {
    actor: { kind: 'system', id: 'deliver-alerts' } as const,
    requestId: context.awsRequestId,
    now: new Date(),
  };
  return tellOfAlerts(event, act, dependencies);
}
