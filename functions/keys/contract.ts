import * as z from 'zod/mini';
import { json } from '../runtime/contract.ts';

/**
 * What infrastructure and functions must agree on about keys: environment variables by grant. A construct's grant sets
 * them together with the permission; a handler parses them with `parseEnvironment`.
 */
const name = z.string().check(z.minLength(1));

/** Reading or writing the Keys table. */
export const keysTableEnvironment = z.object({ KEYS_TABLE: name });

/** Reading the pepper secret. */
export const pepperEnvironment = z.object({ PEPPER_SECRET_ARN: name });

/** Encrypting and decrypting handovers. */
export const handoverEnvironment = z.object({ HANDOVER_KEY_ARN: name });

/** When keys rotate and owners are told; every function that writes keys sets their timers by it. */
export const rotationEnvironment = z.object({
  ROTATION_POLICY: json(
    z.object({
      intervalDays: z.number(),
      noticeDays: z.number(),
      reminderHours: z.number(),
      graceHours: z.record(z.string(), z.number()),
    }),
  ),
});

/** Index of the Keys table by subscription: (subscriptionId, keyId). */
export const bySubscriptionIndex = 'bySubscription';
/** Sparse index of the Keys table by what is due: (dueShard, nextActionAt). */
export const byDueIndex = 'byDue';
