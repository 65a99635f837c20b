import * as z from 'zod/mini';
import { json } from '../runtime/contract.ts';

const name = z.string().check(z.minLength(1));

/** Reading or writing the Subscriptions table. */
export const subscriptionsTableEnvironment = z.object({ SUBSCRIPTIONS_TABLE: name });

/** Creating usage keys in API Gateway; `USAGE_PLANS` maps tiers to usage plan ids. */
export const usageKeysEnvironment = z.object({
  USAGE_KEY_NAME_PREFIX: name,
  USAGE_KEY_LIMIT: z.coerce.number().check(z.int(), z.positive()),
  USAGE_PLANS: json(z.record(z.string(), name)),
});

/** Sparse index of subscriptions by what is due: (dueShard, nextActionAt). */
export const subscriptionsByDueIndex = 'byDue';
/** Sparse index of subscriptions whose owners wait for an admin's answer: (openRequest, subscriptionId). */
export const byRequestIndex = 'byRequest';
/** TTL attribute of items that may go: epoch seconds. */
export const ttlAttribute = 'expiresAt';
