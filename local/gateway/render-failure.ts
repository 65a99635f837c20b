import type { VariableScope } from './context-variables.ts';
import { lookupIn } from './context-variables.ts';
import type { ApiResponse, Exchange } from './exchange.ts';
import { lastValue } from './exchange.ts';
import type { GatewayFailure } from './failures.ts';
import type { CustomResponse, GatewayModel } from './model.ts';
import { pickTemplate } from './pick-template.ts';
import { isSendable } from './proxy-response.ts';
import { parseTemplate, renderTemplate, resolveMapping } from './template.ts';

/** The gateway's own answer: the stack's for this type, else the stack's default for 4xx or 5xx, else the built-in one. */
export function renderFailure(
  exchange: Exchange,
  failure: GatewayFailure,
  scope: VariableScope,
): ApiResponse {
  exchange.failure = failure;
  const lookup = lookupIn(exchange, scope);
  const custom = customResponse(scope.model, failure);
  const chosen = pickTemplate(custom?.templates ?? new Map(), lastValue(exchange.request.headers, 'Accept'));
  const headers = new Map<string, readonly [string, string]>([
    ['content-type', ['Content-Type', chosen?.type ?? 'application/json']],
    ['x-amzn-errortype', ['x-amzn-ErrorType', failure.errorType]],
  ]);
  for (const { name, value } of custom?.headers ?? []) {
    const text = resolveMapping(value, lookup);
    if (text !== undefined && isSendable(name, text)) headers.set(name.toLowerCase(), [name, text]);
  }
  const template = chosen?.template ?? parseTemplate(failure.body);
  return {
    status: custom?.status ?? failure.status,
    headers: [...headers.values()],
    body: Buffer.from(renderTemplate(template, lookup, '')),
  };
}

function customResponse({ responses }: GatewayModel, failure: GatewayFailure): CustomResponse | undefined {
  return responses.get(failure.type) ?? responses.get(failure.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
}
