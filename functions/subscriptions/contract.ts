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

export const byOwnerIndex = 'byOwner';
export const byPaymentCustomerIndex = 'byPaymentCustomer';
/** TTL attribute of items that may go: epoch seconds. */
export const ttlAttribute = 'expiresAt';
