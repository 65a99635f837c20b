import * as z from 'zod/mini';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { NotFoundError } from '../../runtime/errors.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { limitsOf } from '../../runtime/rules/tier-limits.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { usageTableEnvironment } from '../contract.ts';
import { getUsageRequest } from '../messages.ts';
import { periodOf } from '../rules/period.ts';
import { createUsageStore } from '../stores/usage-store.ts';
import { usageReport } from '../usage-report.ts';

const environment = parseEnvironment(
  z.object({
    ...usageTableEnvironment.shape,
    ...tierLimitsEnvironment.shape,
  }),
);
const client = createDocumentClient();
const subscriptions = composeSubscriptions(client);
const usages = createUsageStore(client, environment.USAGE_TABLE);

export const handler = managementFunction(
  getUsageRequest,
  async ({ subscriptionId, period: asked }, { now }) => {
    const period = asked ?? periodOf(now.getTime());
    const subscription = await subscriptions.get(subscriptionId);
    if (subscription === undefined) throw new NotFoundError(`there is no subscription ${subscriptionId}`);
    const { tier } = subscription;
    const limit = limitsOf(environment.TIER_LIMITS, tier).requestsPerMonth;
    const usage = await usages.get(subscriptionId, period.name);
    return usageReport(subscriptionId, period, usage, { tier, limit }, now);
  },
);
