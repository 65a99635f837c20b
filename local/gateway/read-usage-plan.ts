import type { ResolvedResource } from '../model.ts';
import type { Throttle, UsagePlan } from './model.ts';
import { parseProperties } from './refuse.ts';
import { usagePlanSchema } from './resource-schemas.ts';

/** The account's own limits stand in for the half of a throttle that is not set. */
const accountLimits = { rate: 10_000, burst: 5_000 };

export function readThrottle(rate: number | undefined, burst: number | undefined): Throttle | undefined {
  if (rate === undefined && burst === undefined) return undefined;
  return { rate: rate ?? accountLimits.rate, burst: burst ?? accountLimits.burst };
}

/** The plan, or nothing where it is not attached to the stage. */
export function readUsagePlan(resource: ResolvedResource, apiId: string, stageName: string): UsagePlan[] {
  const { ApiStages, Throttle: throttle, Quota: quota } = parseProperties(usagePlanSchema, resource);
  const attached = ApiStages.find(({ ApiId, Stage }) => ApiId === apiId && Stage === stageName);
  if (!attached) return [];
  const methodThrottles = new Map<string, Throttle>();
  for (const [key, { RateLimit, BurstLimit }] of Object.entries(attached.Throttle)) {
    const limits = readThrottle(RateLimit, BurstLimit);
    if (limits) methodThrottles.set(key, limits);
  }
  return [
    {
      id: resource.ref,
      throttle: throttle && readThrottle(throttle.RateLimit, throttle.BurstLimit),
      methodThrottles,
      quota: quota && { limit: quota.Limit, period: quota.Period },
    },
  ];
}
