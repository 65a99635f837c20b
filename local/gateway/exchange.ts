import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { GatewayFailure } from './failures.ts';
import type { Method } from './model.ts';

/** One HTTP request as the gateway sees it. Header names are canonical; the last value of a repeated name counts. */
export interface ApiRequest {
  readonly method: string;
  /** As the client sent it, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  readonly sourceIp: string;
}

export interface Route {
  readonly method: Method;
  /** Values as the client sent them, still percent-encoded (REST APIs do not decode them). */
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** What is known of a request so far; each stage of the pipeline adds its part, the access log reads it at the end. */
export interface Exchange {
  readonly request: ApiRequest;
  readonly requestId: string;
  /** `x-amz-apigw-id`. */
  readonly extendedRequestId: string;
  readonly traceId: string;
  /** Milliseconds since the epoch, on the stack's clock. */
  readonly receivedAt: number;
  /** Milliseconds of `performance.now()`: latencies are real time, whatever the clock does. */
  readonly startedAt: number;
  route?: Route;
  authorizer?: AuthorizerRecord;
  /** The usage key that the request is metered by. */
  usageKey?: { readonly value: string; readonly id: string };
  integration?: IntegrationRecord;
  failure?: GatewayFailure;
  response?: { readonly status: number; readonly length: number; readonly latency: number };
}

export interface AuthorizerRecord {
  /** Milliseconds; 0 for a cached policy. */
  latency: number;
  status: number;
  error?: string;
  principalId?: string;
  /** Values arrive as strings, whatever they were. */
  context?: Readonly<Record<string, string>>;
}

export interface IntegrationRecord {
  latency: number;
  status?: number;
  requestId?: string;
  error?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function beginExchange(request: ApiRequest, clock: Clock): Exchange {
  const receivedAt = Math.floor(clock.now());
  const seconds = Math.floor(receivedAt / 1000)
    .toString(16)
    .padStart(8, '0');
  return {
    request,
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64'),
    traceId: `Root=1-${seconds}-${randomBytes(12).toString('hex')}`,
    receivedAt,
    startedAt: performance.now(),
  };
}

/** The value that a map with repeated names stands for where one is wanted: the last. */
export function lastValue(map: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  return map.get(name)?.at(-1);
}
