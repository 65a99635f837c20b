import * as z from 'zod/mini';

/**
 * What the authorizer tells the gateway and the functions behind it. API Gateway hands scalars on as strings. The
 * rate-limit values are for the gateway's own QUOTA_EXCEEDED answer, which can compute nothing itself.
 */
const text = z.string().check(z.minLength(1));

export const authorizerContext = z.object({
  keyId: text,
  subscriptionId: text,
  tier: text,
  secretVersion: text,
  /** The tier's quota in requests. */
  requestsPerMonth: text.check(z.regex(/^\d+$/)),
  /** `RateLimit-Policy` header. */
  rateLimitPolicy: text,
  /** `RateLimit` header of a subscription with nothing left. */
  rateLimitExhausted: text,
  /** `Retry-After` header of a subscription with nothing left. */
  secondsToReset: text,
});

export type AuthorizerContext = z.infer<typeof authorizerContext>;

/** Why a request was refused: in the log and as the dimension of a metric; a caller always gets the same 401. */
export type RefusalReason =
  | 'malformed'
  | 'unknown-key'
  | 'wrong-secret'
  | 'retired-secret'
  | 'revoked'
  | 'suspended';
