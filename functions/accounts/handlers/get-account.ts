import * as z from 'zod/mini';
import { composeAvailability } from '../../payments/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { productEnvironment, tierLimitsEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore } from '../../usage/index.ts';
import { describeAccount } from '../describe-account.ts';

const environment = parseEnvironment(
  z.object({
    ...usageTableEnvironment.shape,
    ...tierLimitsEnvironment.shape,
    ...productEnvironment.shape,
  }),
);
const client = createDocumentClient();
const dependencies = {
  subscriptions: composeSubscriptions(client),
  usages: createUsageStore(client, environment.USAGE_TABLE),
  limits: environment.TIER_LIMITS,
  paymentAvailable: composeAvailability(client),
  support: {
    supportAddress: environment.SUPPORT_ADDRESS,
    documentationUrl: environment.DOCUMENTATION_URL,
    statusUrl: environment.STATUS_URL,
  },
};

/** `GET /account` */
export const handler = accountFunction({}, async ({ subscriptionId, act }) => ({
  body: await describeAccount(subscriptionId, act.now, dependencies),
}));
