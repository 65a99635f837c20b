import * as z from 'zod/mini';
import { composeAvailability } from '../payments/index.ts';
import { productEnvironment, tierLimitsEnvironment } from '../runtime/contract.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { composeSubscriptions } from '../subscriptions/index.ts';
import { usageTableEnvironment } from '../usage/contract.ts';
import { createUsageStore } from '../usage/index.ts';

/** What telling an account to its owner works with, from the function's environment. */
export function composeAccountView(client: DocumentClient) {
  const environment = parseEnvironment(
    z.object({ ...usageTableEnvironment.shape, ...tierLimitsEnvironment.shape, ...productEnvironment.shape }),
  );
  return {
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
}
