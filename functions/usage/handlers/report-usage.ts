import * as z from 'zod/mini';
import { apiFunction, json, ServiceUnavailableError } from '../../runtime/api-function.ts';
import { productEnvironment, tierLimitsEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { usageTableEnvironment } from '../contract.ts';
import { callerOf } from '../meter-request.ts';
import { periodOf } from '../rules/period.ts';
import { rateLimit, rateLimitPolicy } from '../rules/rate-limit.ts';
import type { OwnUsage } from '../rules/report.ts';
import { createUsageStore } from '../stores/usage-store.ts';
import { usageReport } from '../usage-report.ts';

const environment = parseEnvironment(
  z.object({
    ...usageTableEnvironment.shape,
    ...tierLimitsEnvironment.shape,
    ...productEnvironment.shape,
  }),
);
const usages = createUsageStore(createDocumentClient(), environment.USAGE_TABLE);

/** `GET /usage`: the caller's own limits and counts. Asking is free: neither metered nor under the usage plan. */
export const handler = apiFunction(environment, async (event) => {
  const caller = callerOf(event);
  const at = event.requestContext.requestTimeEpoch;
  const period = periodOf(at);
  const limit = Number(caller.requestsPerMonth);
  const usage = await usages.get(caller.subscriptionId, period.name).catch((cause: unknown) => {
    throw new ServiceUnavailableError('the counts could not be read', { cause });
  });
  const { keys, ...report } = usageReport(
    caller.subscriptionId,
    period,
    usage,
    { tier: caller.tier, limit },
    new Date(at),
  );
  const rate = environment.TIER_LIMITS[caller.tier];
  const own: OwnUsage = {
    ...report,
    ratePerSecond: rate?.ratePerSecond,
    burst: rate?.burst,
    // A key's holder sees its own share, not the other keys of the subscription.
    key: { keyId: caller.keyId, version: Number(caller.secretVersion), total: keys[caller.keyId] ?? 0 },
  };
  const answer = json(200, own);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'RateLimit-Policy': rateLimitPolicy(limit, period),
      RateLimit: rateLimit(report.remaining, period, at),
    },
  };
});
