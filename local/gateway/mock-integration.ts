import type { VariableScope } from './context-variables.ts';
import { lookupIn } from './context-variables.ts';
import type { ApiResponse, Exchange } from './exchange.ts';
import { lastValue } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import type { MockIntegration } from './model.ts';
import { pickTemplate } from './pick-template.ts';
import { isSendable } from './proxy-response.ts';
import { renderTemplate, resolveMapping } from './template.ts';

/**
 * Answers from the template alone: the request template tells the status code, which selects the response.
 * @throws GatewayFailure 415 where passing through is ruled out, 500 where no status code or response comes of it
 */
export function integrateMock(exchange: Exchange, mock: MockIntegration, scope: VariableScope): ApiResponse {
  const lookup = lookupIn(exchange, scope);
  exchange.integration = { latency: 0 };
  const status = statusCode(exchange, mock, (template) => renderTemplate(template, lookup, ''));
  const response =
    mock.responses.find(({ selectionPattern }) => selectionPattern?.test(status)) ??
    mock.responses.find(({ selectionPattern }) => selectionPattern === undefined);
  if (status === '' || !response) throw new GatewayFailure('DEFAULT_5XX');
  exchange.integration.status = Number(status);

  const chosen = pickTemplate(response.templates, lastValue(exchange.request.headers, 'Accept'));
  const headers: [string, string][] = [['Content-Type', chosen?.type ?? 'application/json']];
  for (const { name, value } of response.headers) {
    const text = resolveMapping(value, lookup);
    if (text !== undefined && isSendable(name, text)) headers.push([name, text]);
  }
  const body = chosen ? renderTemplate(chosen.template, lookup, '') : '';
  return { status: response.status, headers, body: Buffer.from(body) };
}

/** The `statusCode` of the mock's request document, which need not be proper JSON: `{ statusCode: 200 }` is usual. */
function statusCode(
  { request }: Exchange,
  { requestTemplates, passthrough }: MockIntegration,
  render: (template: Parameters<typeof renderTemplate>[0]) => string,
): string {
  const type = lastValue(request.headers, 'Content-Type')?.split(';')[0]?.trim() || 'application/json';
  const template = requestTemplates.get(type);
  const passes =
    passthrough === 'WHEN_NO_MATCH' || (passthrough === 'WHEN_NO_TEMPLATES' && requestTemplates.size === 0);
  if (!template && !passes) throw new GatewayFailure('UNSUPPORTED_MEDIA_TYPE');
  const document = template ? render(template) : request.body.toString('utf8');
  return /["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(document)?.[1] ?? '';
}
