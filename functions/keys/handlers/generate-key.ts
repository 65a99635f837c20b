import * as z from 'zod/mini';
import { createApiGatewayClient } from '../../runtime/clients.ts';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { subscriptionsTableEnvironment, usageKeysEnvironment } from '../../subscriptions/contract.ts';
import {
  createSubscriptionStore,
  createSubscriptions,
  createUsageKeyGateway,
} from '../../subscriptions/index.ts';
import { composeMinting } from '../compose.ts';
import { generateApiKey } from '../generate-api-key.ts';
import { generateKeyRequest } from '../messages.ts';

const environment = parseEnvironment(
  z.object({
    ...subscriptionsTableEnvironment.shape,
    ...usageKeysEnvironment.shape,
    ...tierLimitsEnvironment.shape,
  }),
);
const minting = composeMinting();
const subscriptions = createSubscriptions(
  minting.client,
  createSubscriptionStore(minting.client, environment.SUBSCRIPTIONS_TABLE),
  createUsageKeyGateway(createApiGatewayClient(), environment.USAGE_KEY_NAME_PREFIX, environment.USAGE_PLANS),
  environment.USAGE_KEY_LIMIT,
);
const dependencies = { ...minting, subscriptions, limits: environment.TIER_LIMITS };

export const handler = managementFunction(generateKeyRequest, ({ requestedBy, ...request }, invocation) =>
  generateApiKey(request, adminAct(requestedBy, invocation), dependencies),
);
