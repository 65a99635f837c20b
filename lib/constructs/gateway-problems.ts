import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  apiKeyHeader,
  corsHeaders,
  privateHeaders,
  problemMediaType,
} from '../../functions/runtime/http-headers.ts';
import {
  type ProblemName,
  type ProblemType,
  problemBody,
  problemTypes,
} from '../../functions/runtime/problems.ts';
import type { Config } from '../config.ts';

/** One answer that API Gateway gives itself, without any function of ours. */
interface GatewayProblem {
  readonly type: ResponseType;
  readonly problem: ProblemName;
  /** Headers as mapping expressions. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** The authorizer has computed these values for the gateway, which can compute nothing (`AuthorizerContext`). */
const quotaHeaders = {
  'Retry-After': 'context.authorizer.secondsToReset',
  'RateLimit-Policy': 'context.authorizer.rateLimitPolicy',
  RateLimit: 'context.authorizer.rateLimitExhausted',
};

/** Every gateway response type with the problem it stands for. */
const gatewayProblems: readonly GatewayProblem[] = [
  // RFC 9110 demands a challenge with every 401; there is no registered scheme for a key in a header.
  {
    type: ResponseType.UNAUTHORIZED,
    problem: 'unauthorized',
    headers: { 'WWW-Authenticate': `'ApiKey header="${apiKeyHeader}", Bearer'` },
  },
  // The authorizer of sign-ins says what can be done about it.
  {
    type: ResponseType.ACCESS_DENIED,
    problem: 'access-denied',
    members: { detail: `${problemTypes['access-denied'].detail} $context.authorizer.hint` },
  },
  { type: ResponseType.EXPIRED_TOKEN, problem: 'access-denied' },
  { type: ResponseType.INVALID_SIGNATURE, problem: 'access-denied' },
  { type: ResponseType.WAF_FILTERED, problem: 'access-denied' },
  // A key that the authorizer has accepted is valid: its usage key is merely too new for this corner of API Gateway.
  { type: ResponseType.INVALID_API_KEY, problem: 'key-not-ready' },
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, problem: 'not-found' },
  { type: ResponseType.RESOURCE_NOT_FOUND, problem: 'not-found' },
  { type: ResponseType.BAD_REQUEST_BODY, problem: 'bad-request' },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, problem: 'bad-request' },
  { type: ResponseType.REQUEST_TOO_LARGE, problem: 'request-too-large' },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, problem: 'unsupported-media-type' },
  { type: ResponseType.THROTTLED, problem: 'rate-exceeded', members: { 'violated-policies': ['rate'] } },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    problem: 'monthly-quota-exceeded',
    headers: quotaHeaders,
    members: { 'violated-policies': ['month'] },
  },
  { type: ResponseType.AUTHORIZER_FAILURE, problem: 'key-not-checked' },
  { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, problem: 'key-not-checked' },
  { type: ResponseType.API_CONFIGURATION_ERROR, problem: 'internal-error' },
  { type: ResponseType.INTEGRATION_FAILURE, problem: 'bad-gateway' },
  { type: ResponseType.INTEGRATION_TIMEOUT, problem: 'timeout' },
  { type: ResponseType.DEFAULT_4XX, problem: 'bad-request' },
  { type: ResponseType.DEFAULT_5XX, problem: 'internal-error' },
];

/** Makes API Gateway answer all of its own errors as `application/problem+json`, readable by a browser's script. */
export function addGatewayProblems(api: RestApi, { product }: Pick<Config, 'product'>): void {
  for (const { type, problem, headers, members } of gatewayProblems) {
    const about: ProblemType = problemTypes[problem];
    const body = problemBody(problem, {
      documentationUrl: product.documentationUrl,
      statusUrl: product.statusUrl,
      supportAddress: product.supportAddress,
      requestId: '$context.requestId',
    });
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(about.status),
      responseHeaders: {
        ...literals({ 'Content-Type': problemMediaType, ...corsHeaders, ...privateHeaders }),
        ...(about.retryAfter === undefined ? {} : literals({ 'Retry-After': String(about.retryAfter) })),
        ...headers,
      },
      // API Gateway chooses among templates by the Accept header; a single one under the default type always serves.
      templates: { 'application/json': JSON.stringify({ ...body, ...members }) },
    });
  }
}

function literals(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}
