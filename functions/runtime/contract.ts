import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

/** What a function needs to answer over HTTP with problems of the product's form. */
export const productEnvironment = z.object({
  DOCUMENTATION_URL: z.string().check(z.minLength(1)),
  STATUS_URL: z.string().check(z.minLength(1)),
  SUPPORT_ADDRESS: z.string().check(z.minLength(1)),
});

/** The stage's tier limits: `{"free":{"requestsPerMonth":100,"ratePerSecond":2,"burst":5},...}`. */
export const tierLimitsEnvironment = z.object({
  TIER_LIMITS: json(
    z.record(
      z.string(),
      z.object({ requestsPerMonth: z.number(), ratePerSecond: z.number(), burst: z.number() }),
    ),
  ),
});

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

/** An environment variable that holds JSON of a given shape. */
export function json<S extends z.ZodMiniType>(shape: S) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', message: 'must be JSON', input: '' });
          return z.NEVER;
        }
      }),
    ),
    shape,
  );
}
