import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

/** Whose tokens open accounts: the issuer's address as tokens name it, and the client that they are made for. */
export const signInEnvironment = z.object({ SIGN_IN_ISSUER: text, SIGN_IN_CLIENT_ID: text });

/** Deleting users of the stack's own user pool; `none` where another issuer has them. */
export const userPoolEnvironment = z.object({ USER_POOL_ID: text });
