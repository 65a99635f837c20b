import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptionsWithUsageKeys } from '../../subscriptions/index.ts';
import { changeTier } from '../change-tier.ts';
import { composeTimedKeys } from '../compose.ts';
import { changeTierRequest } from '../messages.ts';

const { TIER_LIMITS: limits } = parseEnvironment(tierLimitsEnvironment);
const timed = composeTimedKeys();
const dependencies = {
  ...timed,
  subscriptions: composeSubscriptionsWithUsageKeys(timed.client),
  limits,
};

export const handler = managementFunction(changeTierRequest, ({ requestedBy, ...request }, invocation) =>
  changeTier(request, adminAct(requestedBy, invocation), dependencies),
);
