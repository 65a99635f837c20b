import * as z from 'zod/mini';

/** Deleting users of the stack's own user pool; a stack with another issuer does not set it. */
export const identityPoolEnvironment = z.object({ USER_POOL_ID: z.string().check(z.minLength(1)) });
