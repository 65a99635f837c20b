import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

/** An ID token of a real issuer has 1 to 2 KB. */
const longestToken = 8_192;

/**
 * The token of the one `Authorization: Bearer` header; undefined where there is none, more than one, or something else: of
 * two tokens, nobody can say which one the caller meant.
 */
export function bearerToken({
  headers,
  multiValueHeaders,
}: Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'multiValueHeaders'>): string | undefined {
  const isAuthorization = (name: string) => name.toLowerCase() === 'authorization';
  const several = Object.entries(multiValueHeaders ?? {}).flatMap(([name, list]) =>
    isAuthorization(name) ? (list ?? []) : [],
  );
  const single = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    isAuthorization(name) ? [value ?? ''] : [],
  );
  const values = several.length > 0 ? several : single;
  const match = /^Bearer +([\w.-]+)$/i.exec(values.length === 1 ? (values[0] ?? '') : '');
  const token = match?.[1];
  return token !== undefined && token.length <= longestToken ? token : undefined;
}
