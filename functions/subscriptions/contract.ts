import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1));

/** Reading or writing the Subscriptions table. */
export const subscriptionsTableEnvironment = z.object({ SUBSCRIPTIONS_TABLE: name });

/**
 * Creating usage keys in API Gateway. Their names begin with the prefix, and so do those of the usage plans:
 * `<prefix>-<tier>`. By name, because functions behind the API cannot be told ids that only exist after it.
 */
export const usageKeysEnvironment = z.object({
  USAGE_KEY_NAME_PREFIX: name,
  USAGE_KEY_LIMIT: z.coerce.number().check(z.int(), z.positive()),
});

/** How many of the usage keys that there may be are kept for whoever pays, and for admins: a tenth. */
export function usageKeyReserve(limit: number): number {
  return Math.ceil(limit / 10);
}

/** Sparse index of subscriptions by what is due: (dueShard, nextActionAt). */
export const subscriptionsByDueIndex = 'byDue';
/** Sparse index of subscriptions whose owners wait for an admin's answer: (openRequest, subscriptionId). */
export const byRequestIndex = 'byRequest';
/** Item of the table that tells whether payments can be made. */
export const availabilityItem = 'availability#payments';
/** TTL attribute of items that may go: epoch seconds. */
export const ttlAttribute = 'expiresAt';
