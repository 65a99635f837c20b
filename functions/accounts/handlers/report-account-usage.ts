import * as z from 'zod/mini';
import { accountFunction } from '../../runtime/account-function.ts';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { limitsOf } from '../../runtime/rules/tier-limits.ts';
import { composeSubscriptions, ownAccount } from '../../subscriptions/index.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore, usageReport } from '../../usage/index.ts';
import { periodOf, rateLimit, rateLimitPolicy } from '../../usage/rules/index.ts';
import { usageQuery } from '../messages.ts';

const environment = parseEnvironment(
  z.object({ ...usageTableEnvironment.shape, ...tierLimitsEnvironment.shape }),
);
const client = createDocumentClient();
const subscriptions = composeSubscriptions(client);
const usages = createUsageStore(client, environment.USAGE_TABLE);

/** `GET /account/usage?period=2026-11`; the present month comes with the rate-limit headers that the API answers (R14). */
export const handler = accountFunction({ query: usageQuery }, async ({ subscriptionId, query, act }) => {
  const at = act.now.getTime();
  const present = periodOf(at);
  const period = query.period ?? present;
  const { tier } = await ownAccount(subscriptionId, subscriptions);
  const limit = limitsOf(environment.TIER_LIMITS, tier).requestsPerMonth;
  const usage = await usages.get(subscriptionId, period.name);
  const report = usageReport(subscriptionId, period, usage, { tier, limit }, act.now);
  if (period.name !== present.name) return { body: report };
  const headers = {
    'RateLimit-Policy': rateLimitPolicy(limit, period),
    RateLimit: rateLimit(report.remaining, period, at),
  };
  return { body: report, headers };
});
