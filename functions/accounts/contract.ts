import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

/** Whose tokens open accounts: the issuer's address as tokens name it, and the client that they are made for. */
export const signInEnvironment = z.object({ SIGN_IN_ISSUER: text, SIGN_IN_CLIENT_ID: text });

/** The dashboard's origin: the one web page that may call the account's routes, and where people are sent back to. */
export const dashboardEnvironment = z.object({ DASHBOARD_ORIGIN: text });

/** What `authorize-account` tells the functions behind it. API Gateway hands scalars on as strings. */
export const accountContext = z.object({
  /** Of the account that the token's owner has: nothing else says whose data a request is about. */
  subscriptionId: text,
  /** The token's subject, as its issuer knows the user. */
  signInSubject: text,
});

export type AccountContext = z.infer<typeof accountContext>;

/** Deleting users of the stack's own user pool; `none` where another issuer has them. */
export const userPoolEnvironment = z.object({ USER_POOL_ID: text });
