import * as z from 'zod/mini';
import { composeKeys, composeTimedKeys } from '../keys/index.ts';
import { tierLimitsEnvironment } from '../runtime/contract.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { composeSubscriptions } from '../subscriptions/index.ts';
import { usageTableEnvironment } from '../usage/contract.ts';
import { createUsageStore } from '../usage/index.ts';
import { composeAlerts } from './compose.ts';
import { activityTableEnvironment, suspensionPolicyEnvironment } from './contract.ts';
import type { DetectionDependencies } from './detect.ts';
import { createActivityStore } from './stores/activity-store.ts';

const detectionEnvironment = z.object({
  ...activityTableEnvironment.shape,
  ...usageTableEnvironment.shape,
  ...tierLimitsEnvironment.shape,
  ...suspensionPolicyEnvironment.shape,
});

/** What the hourly look works with. */
export function composeDetection(): DetectionDependencies {
  const { ACTIVITY_TABLE, USAGE_TABLE, TIER_LIMITS, SUSPENSION_POLICY } =
    parseEnvironment(detectionEnvironment);
  const hasPolicy = Object.keys(SUSPENSION_POLICY).length > 0;
  const { client, keys } = composeKeys();
  return {
    client,
    keys,
    alerts: composeAlerts(client),
    activity: createActivityStore(client, ACTIVITY_TABLE),
    subscriptions: composeSubscriptions(client),
    usages: createUsageStore(client, USAGE_TABLE),
    limits: TIER_LIMITS,
    suspensionPolicy: SUSPENSION_POLICY,
    ...(hasPolicy ? { timers: composeTimedKeys().policy } : {}),
    clock: () => Date.now(),
  };
}
