import { accountFunction } from '../../runtime/account-function.ts';
import { dashboardEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { composeOffer } from '../compose.ts';
import { openPortal } from '../open-portal.ts';

const dependencies = {
  stripe: composeOffer(),
  dashboardOrigin: parseEnvironment(dashboardEnvironment).DASHBOARD_ORIGIN,
  subscriptions: { store: composeSubscriptions(createDocumentClient()) },
};

/** `POST /account/portal` */
export const handler = accountFunction({}, async ({ subscriptionId, idempotencyKey }) => ({
  body: await openPortal({ subscriptionId, idempotencyKey }, dependencies),
}));
