import * as z from 'zod';
import { corsHeaders, privateHeaders } from './http-headers.ts';

/**
 * The headers of the API's answers, for its description. Each stands there once, under `header.id`, and answers refer
 * to it.
 */

type HeaderMeta = Readonly<Record<string, unknown>> & { readonly description: string };

const named = <S extends z.ZodType>(schema: S, id: string, meta: HeaderMeta) =>
  schema.meta({ ...meta, header: { id } });

const { 'Access-Control-Allow-Origin': everyOrigin, 'Access-Control-Expose-Headers': exposed } = corsHeaders;

const requestIdText = {
  description: 'Names this request: tell it to support.',
  example: 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5',
};
const rateLimitPolicyText = {
  description:
    'The month’s quota (draft-ietf-httpapi-ratelimit-headers): `q` requests in a window of `w` seconds, of the whole subscription.',
  example: '"month";q=10000;w=2592000',
};
const rateLimitText = {
  description: 'What is left of it: `r` requests, and `t` seconds until the count begins anew.',
  example: '"month";r=9998;t=681456',
};
const policyPattern = z.string().regex(/^"month";q=\d+;w=\d+$/);
const limitPattern = z.string().regex(/^"month";r=\d+;t=\d+$/);

/** API Gateway adds it to every answer. */
export const requestIdHeader = { 'x-amzn-RequestId': named(z.string().min(1), 'RequestId', requestIdText) };

const noStore = {
  'Cache-Control': named(z.literal(privateHeaders['Cache-Control']), 'CacheControl', {
    description: 'Answers are for one caller and one moment.',
  }),
  'X-Content-Type-Options': named(z.literal(privateHeaders['X-Content-Type-Options']), 'ContentTypeOptions', {
    description: 'The content is what its type says.',
  }),
};
const exposedHeaders = {
  'Access-Control-Expose-Headers': named(z.literal(exposed), 'ExposedHeaders', {
    description: 'Headers that a web page’s script may read.',
  }),
};

/** Answers that a page of any origin may read. */
export const openHeaders = {
  ...noStore,
  ...exposedHeaders,
  'Access-Control-Allow-Origin': named(z.literal(everyOrigin), 'AnyOrigin', {
    description: 'A web page of any origin may read the answer.',
  }),
};

/** Answers that the dashboard’s pages alone may read. */
export const dashboardHeaders = {
  ...noStore,
  ...exposedHeaders,
  'Access-Control-Allow-Origin': named(z.string().min(1), 'DashboardOrigin', {
    description: 'The dashboard’s origin: no other web page may read the answer.',
    example: 'https://dashboard.aiweedcompany.com',
  }),
  Vary: named(z.literal('Origin'), 'Vary', { description: 'For caches that keep answers all the same.' }),
};

/** Problems of any route: API Gateway's own may be read by every page, for they hold nothing of anybody. */
export const problemHeaders = {
  ...noStore,
  ...exposedHeaders,
  'Access-Control-Allow-Origin': named(z.string().min(1), 'AllowedOrigin', {
    description: '`*`, or the dashboard’s origin: the web pages that may read the answer.',
    example: '*',
  }),
  Vary: named(z.literal('Origin').optional(), 'VaryOfProblem', {
    description: 'Where the dashboard’s pages alone may read the answer.',
  }),
  'x-amzn-ErrorType': named(z.string().optional(), 'ErrorType', {
    description: 'Only where API Gateway itself answered: its own name for the error.',
    example: 'UnauthorizedException',
  }),
};

export const retryAfterHeader = {
  'Retry-After': named(z.int().min(1), 'RetryAfter', {
    description: 'Seconds after which the same request may be sent again.',
    example: 5,
  }),
};

export const challengeHeader = {
  'WWW-Authenticate': named(z.string().min(1), 'Challenge', {
    description: 'What has to be sent (RFC 9110).',
    example: 'ApiKey header="X-API-Key"',
  }),
};

/** What is left of the month, where the answer tells it. */
export const rateLimitHeaders = {
  'RateLimit-Policy': named(policyPattern, 'RateLimitPolicy', rateLimitPolicyText),
  RateLimit: named(limitPattern, 'RateLimit', rateLimitText),
};

/** The same of problems: one that comes before the request is counted tells no count. */
export const rateLimitHeadersOfProblems = {
  'RateLimit-Policy': named(policyPattern.optional(), 'RateLimitPolicyOfProblem', rateLimitPolicyText),
  RateLimit: named(limitPattern.optional(), 'RateLimitOfProblem', rateLimitText),
};
