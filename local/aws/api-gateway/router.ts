import type { z } from 'zod';
import { parseStrictly } from '../input.ts';
import type { AwsRequest, AwsResponse } from '../service.ts';
import { badRequest } from './errors.ts';

/** One operation of the REST-JSON control plane. */
export interface Route {
  readonly operation: string;
  readonly method: string;
  readonly pattern: RegExp;
  respond(request: AwsRequest, ids: string[]): AwsResponse;
}

interface RouteOptions<Q extends z.ZodType, B extends z.ZodType> {
  /** The operation's name, for errors. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Such as `/apikeys/:id`; each `:name` is one path segment. */
  readonly path: string;
  readonly query: Q;
  /** Schema of the JSON body of a POST or PATCH. */
  readonly body?: B;
  /** 200 unless given. */
  readonly status?: number;
  /** The JSON answer; undefined is an empty body. */
  act(input: { ids: string[]; query: z.output<Q>; body: z.output<B> }): unknown;
}

export function route<Q extends z.ZodType, B extends z.ZodType = z.ZodUndefined>(
  options: RouteOptions<Q, B>,
): Route {
  const { operation, method } = options;
  return {
    operation,
    method,
    pattern: new RegExp(`^${options.path.replaceAll(/:\w+/g, '([^/]+)')}$`),
    respond(request, ids) {
      const parameters = [...request.query].filter(([name]) => !name.startsWith('X-Amz-')); // a presigned URL's own
      const query = parseStrictly(options.query, Object.fromEntries(parameters), operation, badRequest);
      const body =
        options.body === undefined
          ? (undefined as z.output<B>)
          : parseStrictly(options.body, parseJson(request.body), operation, badRequest);
      const output = options.act({ ids, query, body });
      return {
        status: options.status ?? 200,
        headers: { 'content-type': 'application/json' },
        body: output === undefined ? '' : JSON.stringify(output),
      };
    },
  };
}

/**
 * Finds the operation by method and path. API Gateway authorizes the bare method on the path, such as
 * `apigateway:POST` on `arn:aws:apigateway:us-east-1::/apikeys`.
 * @throws AwsError `BadRequestException` for what the control plane does not support here
 */
export function answer(routes: readonly Route[], region: string, request: AwsRequest): AwsResponse {
  request.authorize(`apigateway:${request.method}`, `arn:aws:apigateway:${region}::${request.path}`);
  for (const one of routes) {
    const found = one.method === request.method ? one.pattern.exec(request.path) : null;
    if (found !== null) return one.respond(request, found.slice(1));
  }
  throw badRequest(
    `The local apigateway does not support ${request.method} ${request.path}; it supports: ${routes.map((one) => one.operation).join(', ')}`,
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
  } catch {
    throw badRequest('Invalid request body');
  }
}
