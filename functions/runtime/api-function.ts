import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj, type MiddyfiedHandler } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { corsHeaders, privateHeaders, problemMediaType } from './http-headers.ts';
import { type ProblemName, type ProblemType, problemBody, problemTypes } from './problems.ts';
import { describeError, logger } from './telemetry.ts';

/** Where a caller in trouble finds help: from `productEnvironment`. */
export interface Product {
  readonly DOCUMENTATION_URL: string;
  readonly STATUS_URL: string;
  readonly SUPPORT_ADDRESS: string;
}

export type ApiMiddleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>;

/**
 * The shared stack of functions behind the API: log with the request's id, run the given middleware, answer JSON that a
 * browser may read, and turn whatever is thrown into a problem that gives nothing away.
 */
export function apiFunction(
  product: Product,
  handle: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>,
  ...middlewares: ApiMiddleware[]
): MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context> {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>()
    .use(injectLambdaContext(logger, { clearState: true }) as ApiMiddleware)
    .use(answerProblems(product))
    .use(middlewares)
    .handler((event) => handle(event));
}

export function json(statusCode: number, body: unknown): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', ...corsHeaders, ...privateHeaders },
    body: JSON.stringify(body),
  };
}

/** A problem answer (RFC 9457). `members` add to or replace those of the problem's type. */
export function problem(
  name: ProblemName,
  event: APIGatewayProxyEvent,
  product: Product,
  members: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  const type: ProblemType = problemTypes[name];
  const body = problemBody(name, {
    documentationUrl: product.DOCUMENTATION_URL,
    statusUrl: product.STATUS_URL,
    supportAddress: product.SUPPORT_ADDRESS,
    requestId: event.requestContext.requestId,
  });
  return {
    statusCode: type.status,
    headers: {
      'Content-Type': problemMediaType,
      ...corsHeaders,
      ...privateHeaders,
      ...(type.retryAfter === undefined ? {} : { 'Retry-After': String(type.retryAfter) }),
      ...headers,
    },
    body: JSON.stringify({ ...body, ...members }),
  };
}

/** Something that the answer depends on is not there for the moment: 503. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
}

function answerProblems(product: Product): ApiMiddleware {
  return {
    onError: (request) => {
      const { error, event } = request;
      logger.error('failed', { ...describeError(error), apiRequestId: event.requestContext.requestId });
      const name = error instanceof ServiceUnavailableError ? 'service-unavailable' : 'internal-error';
      request.response = problem(name, event, product);
    },
  };
}
