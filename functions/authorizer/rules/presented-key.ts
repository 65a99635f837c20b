import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

/**
 * The value of the one `X-API-Key` header, whatever the case of its name; undefined where there is none or more than
 * one: of two keys, nobody can say which one the caller meant.
 */
export function presentedKey(
  event: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'multiValueHeaders'>,
): string | undefined {
  const values = Object.entries(event.multiValueHeaders ?? {}).flatMap(([name, list]) =>
    name.toLowerCase() === 'x-api-key' ? (list ?? []) : [],
  );
  if (values.length > 0) return values.length === 1 ? values[0] : undefined;
  const singles = Object.entries(event.headers ?? {}).filter(([name]) => name.toLowerCase() === 'x-api-key');
  return singles.length === 1 ? singles[0]?.[1] : undefined;
}
