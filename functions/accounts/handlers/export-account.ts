import * as z from 'zod/mini';
import { auditTableEnvironment } from '../../audit/contract.ts';
import { createAuditStore } from '../../audit/index.ts';
import { composeKeys } from '../../keys/index.ts';
import { composeAvailability } from '../../payments/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { productEnvironment, tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore } from '../../usage/index.ts';
import { exportAccount } from '../export-account.ts';

const environment = parseEnvironment(
  z.object({
    ...auditTableEnvironment.shape,
    ...usageTableEnvironment.shape,
    ...tierLimitsEnvironment.shape,
    ...productEnvironment.shape,
  }),
);
const { client, keys } = composeKeys();
const dependencies = {
  keys,
  audit: createAuditStore(client, environment.AUDIT_TABLE),
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

/** `GET /account/export`: all that is kept about the account, as a file. */
export const handler = accountFunction({}, async ({ subscriptionId, act }) => ({
  body: await exportAccount(subscriptionId, act.now, dependencies),
  headers: { 'Content-Disposition': 'attachment; filename="account.json"' },
}));
