import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { isBinary } from './events.ts';
import type { ApiResponse } from './exchange.ts';

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const answerSchema = z.strictObject({
  statusCode: z
    .union([z.number().int(), z.string().regex(/^\d{3}$/)])
    .transform(Number)
    .pipe(z.number().min(200).max(599)),
  headers: z.record(z.string(), value).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(value)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that are the gateway's own: a function's come out under another name. */
const remapped = new Set([
  'connection',
  'content-length',
  'content-md5',
  'date',
  'server',
  'www-authenticate',
  'x-amzn-requestid',
]);
const dropped = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'trailer']);

/**
 * Turns a function's answer into the client's, or says `malformed`.
 * @param accept the request's Accept header: a base64 body is decoded only for a client that asked for a binary type
 */
export function parseProxyResponse(
  payload: unknown,
  binaryTypes: readonly string[],
  accept: string | undefined,
): ApiResponse | 'malformed' {
  const result = answerSchema.safeParse(payload);
  if (!result.success) return 'malformed';
  const { statusCode, body, isBase64Encoded } = result.data;
  const headers = mergeHeaders(result.data.headers ?? {}, result.data.multiValueHeaders ?? {});
  if (!headers.every(([name, text]) => isSendable(name, text))) return 'malformed';
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    headers.push(['Content-Type', 'application/json']);
  }
  const decode = isBase64Encoded === true && isBinary(binaryTypes, accept?.split(',')[0]);
  return { status: statusCode, headers, body: Buffer.from(body ?? '', decode ? 'base64' : 'utf8') };
}

/** Both maps count; a value that stands in both is sent once. */
function mergeHeaders(
  single: Readonly<Record<string, string>>,
  multi: Readonly<Record<string, readonly string[]>>,
): [string, string][] {
  const pairs = Object.entries(multi).flatMap(([name, values]) =>
    values.map((text): [string, string] => [name, text]),
  );
  for (const [name, text] of Object.entries(single)) {
    const same = pairs.some(([other, its]) => other.toLowerCase() === name.toLowerCase() && its === text);
    if (!same) pairs.push([name, text]);
  }
  return pairs
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, text]) => [remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, text]);
}

/** Node refuses to send some values, such as one with a line break; better to know before the head is out. */
export function isSendable(name: string, text: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
    return true;
  } catch {
    return false;
  }
}
