import type { IncomingMessage } from 'node:http';
import type { ApiRequest } from './exchange.ts';
import { canonicalHeaderName } from './header-names.ts';

/** What concerns the connection and not the request stays at the gateway. */
const hopByHop = new Set([
  'Connection',
  'Content-Length',
  'Expect',
  'Keep-Alive',
  'Proxy-Authorization',
  'Proxy-Connection',
  'Te',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
]);

/** Never throws, whatever the client sent: a broken escape stays as it is. */
export function parseRequest(message: IncomingMessage, body: Buffer): ApiRequest {
  const { path, query } = splitTarget(message.url ?? '/');
  const sourceIp = (message.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  return {
    method: message.method ?? 'GET',
    path,
    query: groupPairs(new URLSearchParams(query)),
    headers: readHeaders(message.rawHeaders, sourceIp, message.socket.localPort),
    body,
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp,
  };
}

/** A request's target may be a path or, from a client that takes this for a proxy, a whole URL. */
export function splitTarget(target: string): { path: string; query: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  return { path: path.startsWith('/') ? path : `/${path}`, query: mark < 0 ? '' : local.slice(mark + 1) };
}

function readHeaders(
  raw: readonly string[],
  sourceIp: string,
  port: number | undefined,
): Map<string, string[]> {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = canonicalHeaderName(raw[index] ?? '');
    if (!hopByHop.has(name)) pairs.push([name, raw[index + 1] ?? '']);
  }
  const headers = groupPairs(pairs);
  const forwarded = headers.get('X-Forwarded-For') ?? [];
  headers.set('X-Forwarded-For', [[...forwarded, sourceIp].join(', ')]);
  headers.set('X-Forwarded-Port', [String(port ?? 80)]);
  headers.set('X-Forwarded-Proto', ['http']);
  return headers;
}

function groupPairs(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = groups.get(name);
    if (values) values.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}
