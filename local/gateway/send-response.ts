import type { ServerResponse } from 'node:http';
import type { ApiResponse, Exchange } from './exchange.ts';

/** Writes the answer with the headers that every answer of API Gateway has. */
export function sendResponse(response: ServerResponse, answer: ApiResponse, exchange: Exchange): void {
  const own = [
    ['x-amzn-RequestId', exchange.requestId],
    ['x-amz-apigw-id', exchange.extendedRequestId],
  ] as const;
  for (const [name, value] of own) response.setHeader(name, value);
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.statusCode = answer.status;
  const bodiless = answer.status === 204 || answer.status === 304;
  if (!bodiless) response.setHeader('Content-Length', answer.body.length);
  response.end(bodiless ? undefined : answer.body);
}
