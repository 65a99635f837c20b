import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type AuthorizerContext, authorizerContext } from '../authorizer/contract.ts';
import {
  type ApiMiddleware,
  type Product,
  problem,
  ServiceUnavailableError,
} from '../runtime/api-function.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { count } from '../runtime/telemetry.ts';
import { periodOf, secondsToReset } from './rules/period.ts';
import { rateLimit, rateLimitPolicy } from './rules/rate-limit.ts';
import { type Meter, UnknownOutcomeError } from './stores/meter.ts';

/** The caller as the authorizer described it. Throws where the function stands behind no authorizer of ours. */
export function callerOf(event: APIGatewayProxyEvent): AuthorizerContext {
  const parsed = authorizerContext.safeParse(event.requestContext.authorizer ?? {});
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`the authorizer's context lacks ${names}: nothing is answered without it`);
}

/**
 * The exact meter, as middleware of whatever stands behind the authorizer. It runs before the handler, so that every
 * admitted request counts, one with a bad body too, and announces what is left on every answer of the handler.
 */
export function meterRequest(meter: Meter, product: Product): ApiMiddleware {
  const announced = new WeakMap<APIGatewayProxyEvent, Record<string, string>>();
  return {
    before: async ({ event }): Promise<APIGatewayProxyResult | undefined> => {
      const caller = callerOf(event);
      const at = event.requestContext.requestTimeEpoch;
      const quota = Number(caller.requestsPerMonth);
      const outcome = await countOrUnavailable(meter, { ...caller, quota, at });
      const period = periodOf(at);
      const remaining = outcome.kind === 'admitted' ? quota - outcome.total : 0;
      const headers = {
        'RateLimit-Policy': rateLimitPolicy(quota, period),
        RateLimit: rateLimit(remaining, period, at),
      };
      if (outcome.kind === 'exhausted') {
        return problem(
          'monthly-quota-exceeded',
          event,
          product,
          { 'violated-policies': ['month'] },
          { ...headers, 'Retry-After': String(secondsToReset(period, at)) },
        );
      }
      announced.set(event, headers);
      return undefined;
    },
    after: (request) => {
      const headers = announced.get(request.event);
      const { response } = request;
      if (headers !== undefined && response) response.headers = { ...response.headers, ...headers };
    },
  };
}

async function countOrUnavailable(meter: Meter, request: Parameters<Meter['count']>[0]) {
  try {
    return await meter.count(request);
  } catch (error) {
    const unknown = error instanceof UnknownOutcomeError;
    count(unknown ? metricNames.meterUnknownOutcomes : metricNames.meterUnavailable);
    throw new ServiceUnavailableError(
      unknown ? 'the outcome of counting is unknown' : 'counting is unavailable',
      {
        cause: error,
      },
    );
  }
}
