import type { Exchange, Route } from './exchange.ts';
import { lastValue } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import type { RequestParameter } from './model.ts';

/** @throws GatewayFailure BAD_REQUEST_PARAMETERS which lists every required parameter that is missing or empty */
export function validateParameters(exchange: Exchange, route: Route): void {
  const missing = route.method.requiredParameters.filter(
    (parameter) => !parameterValue(parameter, exchange, route),
  );
  if (missing.length === 0) return;
  const list = `[${missing.map(({ name }) => name).join(', ')}]`;
  throw new GatewayFailure('BAD_REQUEST_PARAMETERS', {
    message: `Missing required request parameters: ${list}`,
    validationError: list,
  });
}

function parameterValue(
  { location, name }: RequestParameter,
  { request }: Exchange,
  route: Route,
): string | undefined {
  if (location === 'header') return lastValue(request.headers, name);
  if (location === 'querystring') return lastValue(request.query, name);
  return route.pathParameters.get(name);
}
