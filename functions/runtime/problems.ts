/**
 * The problem types (RFC 9457) of the whole product, in one table: gateway responses, functions and the documentation
 * read it. It imports nothing, so that infrastructure and functions share it at no cost.
 */
export interface ProblemType {
  /** Absolute, or a slug that is appended to the documentation's `/problems/`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, why, and what to do next. */
  readonly detail: string;
  /** Seconds after which a retry makes sense, where that is always the same. */
  readonly retryAfter?: number;
}

/** Registered by draft-ietf-httpapi-ratelimit-headers. */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

export const problemTypes = {
  unauthorized: {
    type: 'unauthorized',
    title: 'API key or sign-in missing or not valid',
    status: 401,
    detail:
      'Send your API key in the X-API-Key header. If you do, the key is mistyped, was rotated, suspended or revoked: ask whoever gave it to you, or support. For your account, send the ID token of your sign-in as Authorization: Bearer; if you do, it has expired: sign in again.',
  },
  'access-denied': {
    type: 'access-denied',
    title: 'Not permitted',
    status: 403,
    detail: 'Your credentials are valid, but they do not permit this call.',
  },
  'invalid-request': {
    type: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'Correct what "errors" lists and send the request again.',
  },
  'bad-request': {
    type: 'bad-request',
    title: 'The request could not be understood',
    status: 400,
    detail: 'Compare the request with the documentation and send it again.',
  },
  'request-too-large': {
    type: 'request-too-large',
    title: 'The request is too large',
    status: 413,
    detail: 'Send a smaller body: GET /openapi.json describes what each route takes.',
  },
  'unsupported-media-type': {
    type: 'unsupported-media-type',
    title: 'The media type is not supported',
    status: 415,
    detail: 'Send JSON, with Content-Type: application/json.',
  },
  'not-found': {
    type: 'not-found',
    title: 'There is nothing at this address',
    status: 404,
    detail: 'Check the method and the path: GET /openapi.json describes every route.',
  },
  'monthly-quota-exceeded': {
    type: quotaExceeded,
    title: "The month's requests are used up",
    status: 429,
    detail:
      'The subscription has used all requests of this month. Wait until the month ends (Retry-After, in seconds, UTC) or choose a larger tier.',
  },
  'rate-exceeded': {
    type: quotaExceeded,
    title: 'Too many requests at once',
    status: 429,
    detail:
      'Requests come faster than the rate that is allowed here. Wait for Retry-After seconds and spread requests out.',
    retryAfter: 1,
  },
  'key-not-ready': {
    type: 'key-not-ready',
    title: 'The key is not ready yet',
    status: 503,
    detail:
      'A new subscription or tier takes a few seconds to spread. Send the same request again after Retry-After seconds.',
    retryAfter: 2,
  },
  'service-unavailable': {
    type: 'service-unavailable',
    title: 'Temporarily unavailable',
    status: 503,
    detail:
      'A part that the answer depends on did not respond. The request may have been counted. Send it again after Retry-After seconds; if it goes on, see the status page.',
    retryAfter: 5,
  },
  'key-not-checked': {
    type: 'service-unavailable',
    title: 'Temporarily unavailable',
    status: 503,
    detail:
      'Your key or sign-in could not be checked for the moment; nothing was counted or changed. Send the request again after Retry-After seconds; if it goes on, see the status page.',
    retryAfter: 5,
  },
  'no-such-thing': {
    type: 'not-found',
    title: 'There is no such thing in your account',
    status: 404,
    detail: 'Compare the id with those that your account lists.',
  },
  conflict: {
    type: 'conflict',
    title: 'The request contradicts the present state',
    status: 409,
    detail: 'Look at the present state, and decide anew.',
  },
  'limit-reached': {
    type: 'limit-reached',
    title: 'A limit is reached',
    status: 409,
    detail: 'Free some of what the limit counts, or ask support.',
  },
  'payment-unavailable': {
    type: 'payment-unavailable',
    title: 'Payment is not set up here',
    status: 409,
    detail:
      'Tiers that cost money cannot be chosen for now: whoever runs this service has not connected Stripe. Ask support.',
  },
  'signature-not-valid': {
    type: 'signature-not-valid',
    title: 'The signature is not valid',
    status: 400,
    detail:
      'The header Stripe-Signature is missing, is older than 5 minutes, or was not made of this body with the secret that is set here. Compare the secret of the endpoint at Stripe with the one in AWS Secrets Manager.',
  },
  'link-not-valid': {
    type: 'link-not-valid',
    title: 'The link is not valid',
    status: 400,
    detail:
      'It is cut off or mistyped: open it from the mail itself, or copy all of it, the part behind the # too.',
  },
  'link-used': {
    type: 'link-used',
    title: 'The link was used',
    status: 410,
    detail:
      'It shows a key once. If it was you who opened it, use the key that you stored. If it was not, send the same token to POST /claims/dispute ("That was not me"): the key stops at once and a new link is mailed.',
  },
  'link-expired': {
    type: 'link-expired',
    title: 'The link has expired',
    status: 410,
    detail: 'Send the same token to POST /claims/renew: a new link is mailed to the owner\u2019s address.',
  },
  'link-replaced': {
    type: 'link-replaced',
    title: 'The link was replaced',
    status: 410,
    detail:
      'There is a newer key, and a newer mail with the link to it. If that mail is lost, send the same token to POST /claims/renew.',
  },
  'link-of-revoked-key': {
    type: 'link-of-revoked-key',
    title: 'The key was revoked',
    status: 410,
    detail: 'This API key has been ended for good. Ask support, or whoever manages your keys, for a new one.',
  },
  timeout: {
    type: 'timeout',
    title: 'The answer took too long',
    status: 504,
    detail: 'The request was given up on. Send it again; if it goes on, see the status page.',
  },
  'bad-gateway': {
    type: 'internal-error',
    title: 'The service failed',
    status: 502,
    detail: 'This is a fault of ours. Send the request again; if it goes on, tell support the request id.',
  },
  'internal-error': {
    type: 'internal-error',
    title: 'The service failed',
    status: 500,
    detail: 'This is a fault of ours. Send the request again; if it goes on, tell support the request id.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof problemTypes;

/** The absolute `type` of a problem: registered ones as they are, the product's own below its documentation. */
export function problemTypeUri(problem: ProblemType, documentationUrl: string): string {
  return problem.type.startsWith('https://') ? problem.type : `${documentationUrl}/problems/${problem.type}`;
}

/** The members that every problem of the product has; a function adds `errors` or `violated-policies` to them. */
export function problemBody(
  name: ProblemName,
  context: { documentationUrl: string; statusUrl: string; supportAddress: string; requestId: string },
): Record<string, unknown> {
  const problem: ProblemType = problemTypes[name];
  return {
    type: problemTypeUri(problem, context.documentationUrl),
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    requestId: context.requestId,
    support: context.supportAddress,
    statusPage: context.statusUrl,
  };
}
