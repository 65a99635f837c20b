import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Started } from './support.ts';
import { api, method, mockOk, send, start, stopAll, until } from './support.ts';

let gateway: Started;

beforeEach(async () => {
  gateway = await start(
    api(method('GET', '/thing'), method('POST', '/keys/{id}'), method('GET', '/mock', mockOk)),
  );
});
afterEach(stopAll);

function raw(
  text: string,
  keepOpen = false,
): { received: () => string; closed: () => boolean; end: () => void } {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  let closed = false;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    received += chunk;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  socket.write(text);
  if (!keepOpen) socket.end();
  return { received: () => received, closed: () => closed, end: () => socket.destroy() };
}

const alive = async () => expect((await gateway.send('GET', '/mock')).status).toBe(200);

describe('the gateway survives', () => {
  it.each([
    ['a broken escape in the path', '/keys/%zz', 403],
    ['a broken escape in the query', '/mock?a=%zz&%=%', 200],
    ['a path that climbs', '/keys/../mock', 403],
    ['two leading slashes', '//evil.example/mock', 403],
    ['an encoded slash', '/keys/a%2Fb', 403],
    ['a trailing slash, which is ignored', '/mock/', 200],
    ['a whole URL as target', 'http://example.com/mock', 200],
    ['names of Object.prototype', '/__proto__?__proto__=1&constructor=2', 403],
    ['a path of 8,000 characters', `/${'a/'.repeat(4_000)}`, 403],
  ])('%s', async (_, path, status) => {
    expect((await gateway.send('GET', path)).status).toBe(status);
    await alive();
  });

  it('query names of Object.prototype, which reach the function as they are', async () => {
    const seen: unknown[] = [];
    const other = await start(api(method('GET', '/thing')), {
      backend: ({ queryStringParameters }) => {
        seen.push(queryStringParameters);
        return { statusCode: 200 };
      },
    });
    await other.send('GET', '/thing?constructor=1&toString=2');
    expect(seen).toEqual([{ constructor: '1', toString: '2' }]);
  });

  it('headers beyond the limit', async () => {
    const answer = await gateway.send('GET', '/mock', { headers: { 'X-Big': 'a'.repeat(100_000) } });
    expect(answer.status).toBe(431);
    expect(JSON.parse(answer.body)).toEqual({ message: 'Request Header Fields Too Large' });
    await alive();
  });

  it('what is not HTTP', async () => {
    const connection = raw('\u0000\u0001garbage\r\n\r\n');
    await until(() => connection.closed());
    expect(connection.received()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    await alive();
  });

  it('a body that is slow in coming, without holding up others', async () => {
    const slow = raw('POST /keys/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf', true);
    for (let sent = 0; sent < 20; sent++) await alive();
    expect([slow.received(), gateway.calls]).toEqual(['', []]);
    slow.end();
    await alive();
  });

  it('a client that leaves in the middle of its body: nothing is invoked', async () => {
    const connection = raw('POST /keys/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await until(() => connection.closed());
    await alive();
    expect(gateway.calls).toEqual([]);
  });

  it('a client that leaves while its function runs', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const other = await start(api(method('GET', '/thing')), { backend: () => promise });
    const { hostname, port } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /thing HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => other.calls.length === 1);
    socket.destroy();
    resolve({ statusCode: 200 });
    expect((await other.send('GET', '/thing')).status).toBe(200);
  });

  it('a body that claims to be endless', async () => {
    const connection = raw('POST /keys/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\nx', true);
    await until(() => connection.closed());
    expect(connection.received()).toMatch(/^HTTP\/1\.1 413 /);
    await alive();
  });

  it('a body of exactly 10 MB, which passes', async () => {
    const answer = await gateway.send('POST', '/keys/1', { body: Buffer.alloc(10 * 1024 * 1024, 97) });
    expect(answer.status).toBe(200);
  });

  it('any path and query (property)', async () => {
    const character = fc.constantFrom(..."/%?&=+#.;:@{}[]$*aZ0-_~!'()".split(''));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: character, maxLength: 60 }), async (tail) => {
        const { status } = await send(gateway.url, 'GET', `/${tail}`);
        expect([200, 403]).toContain(status);
      }),
      { numRuns: 200 },
    );
    await alive();
  });
});
