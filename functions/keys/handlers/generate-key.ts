import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptionsWithUsageKeys } from '../../subscriptions/index.ts';
import { composeMinting } from '../compose.ts';
import { generateApiKey } from '../generate-api-key.ts';
import { generateKeyRequest } from '../messages.ts';

const { TIER_LIMITS: limits } = parseEnvironment(tierLimitsEnvironment);
const minting = composeMinting();
const subscriptions = composeSubscriptionsWithUsageKeys(minting.client);
const dependencies = { ...minting, subscriptions, limits };

export const handler = managementFunction(generateKeyRequest, ({ requestedBy, ...request }, invocation) =>
  generateApiKey(request, adminAct(requestedBy, invocation), dependencies),
);
