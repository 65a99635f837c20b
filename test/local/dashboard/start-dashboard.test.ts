import { createServer, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dashboard, startDashboard } from '../../../local/dashboard/start-dashboard.ts';
import { changed, page, policyWith, type Resources, resources, script, siteOf } from './support.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request as it is, without what `fetch` would add to it or take away. */
function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = new URL(url);
  const path = url.replace(/^http:\/\/[^/]*/, '');
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    })
      .on('error', reject)
      .end();
  });
}

/** All that was logged. */
const lines: string[] = [];

async function start(wanted: Resources = resources, port = 0): Promise<Dashboard> {
  const site = siteOf(wanted);
  if (site === undefined) throw new Error('there is no distribution');
  const log = (line: string) => void lines.push(line);
  const local = (text: string) => text.replaceAll('https://api.example.com', 'http://127.0.0.1:3000');
  return startDashboard({
    site,
    port,
    reached: (text) => local(text).replace('/dev', ''),
    reachedOrigins: local,
    log,
  });
}

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await start();
});
afterAll(() => dashboard.close());

const get = (path: string, headers?: Record<string, string>, method?: string) =>
  ask(`${dashboard.url}${path}`, headers, method);

describe('the local dashboard', () => {
  test.each(['/', '/keys', '/keys/Ab3?month=2026-11', '/signed-in?code=1.js', '/assets', '//'])(
    'opens the page at %s',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html',
        'no-cache',
      ]);
      expect(body.toString()).toBe(page);
    },
  );

  test.each([
    '/assets/gone.js',
    '/favicon.ico',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/%E0%A4.js',
    '/<b>.js',
  ])('answers %s as S3 does what is missing', async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, headers['content-type']]).toEqual([404, 'application/xml']);
    expect(body.toString()).toContain('<Code>NoSuchKey</Code>');
    expect(body.toString()).not.toContain('<b>');
  });

  test.each(['/', '/assets/index-B3.js', '/assets/gone.js'])(
    'gives the headers of the policy with %s, its addresses those of this machine',
    async (path) => {
      expect((await get(path)).headers).toMatchObject({
        'content-security-policy': 'connect-src http://127.0.0.1:3000',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'same-origin',
        'strict-transport-security': 'max-age=60; preload',
        'x-custom': 'own',
      });
    },
  );

  test('tells addresses of this machine in data, and leaves code alone', async () => {
    expect(JSON.parse((await get('/config.json')).body.toString())).toEqual({
      apiUrl: 'http://127.0.0.1:3000',
    });
  });

  test('compresses what CloudFront would, for who can read it', async () => {
    const path = '/assets/index-B3.js';
    const plain = await get(path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(script);
    const brotli = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
    expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(brotliDecompressSync(brotli.body).toString()).toBe(script);
    const zipped = await get(path, { 'accept-encoding': 'gzip' });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toBe(script);
    // Too short.
    expect((await get('/', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });

  test('says that nothing is new to who has it, compressed or not', async () => {
    for (const headers of [{}, { 'accept-encoding': 'br' }]) {
      const { etag } = (await get('/assets/index-B3.js', headers)).headers;
      const again = await get('/assets/index-B3.js', { ...headers, 'if-none-match': String(etag) });
      expect([again.status, again.body.length, again.headers['cache-control']]).toEqual([
        304,
        0,
        'immutable',
      ]);
      expect((await get('/', { 'if-none-match': String(etag) })).status).toBe(200);
    }
  });

  test('answers HEAD without a body, and no other method', async () => {
    const { status, headers, body } = await get('/', {}, 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([200, String(page.length), 0]);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await get('/', {}, method)).status, method).toBe(403);
    }
  });

  test('answers no web page from elsewhere, by whatever name it calls', async () => {
    const own = new URL(dashboard.url).host;
    expect((await get('/', { host: own, origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await get('/', { host: 'evil.example.com' })).status).toBe(403);
    expect((await get('/', { host: own, origin: dashboard.url })).status).toBe(200);
  });

  test('leads localhost to its one address, which alone may be signed in from', async () => {
    const { port } = new URL(dashboard.url);
    const { status, headers } = await get('/keys?a=b', { host: `localhost:${port}` });
    expect([status, headers['location']]).toEqual([307, `${dashboard.url}/keys?a=b`]);
  });

  test('says when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(start(resources, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    taken.close();
  });
});

describe('what is declared otherwise is served otherwise', () => {
  /** The status of an answer where something of the template differs. */
  async function statusWith(wanted: Resources, path: string): Promise<number> {
    const other = await start(wanted);
    try {
      return (await ask(`${other.url}${path}`)).status;
    } finally {
      await other.close();
    }
  }
  const without = (name: string) =>
    Object.fromEntries(Object.entries(resources).filter(([id]) => id !== name));
  const behavior = 'Distribution.DistributionConfig.DefaultCacheBehavior';

  test.each([
    [
      'the right to list, what is missing is forbidden',
      { ...resources, Policy: policyWith(['s3:GetObject']) },
      '/gone.js',
      403,
    ],
    ['the right to read, all is forbidden', without('Policy'), '/index.html', 403],
    [
      'the function, only files are there',
      changed({ [`${behavior}.FunctionAssociations`]: [] }),
      '/keys',
      404,
    ],
    [
      'the function, the root is the root object',
      changed({ [`${behavior}.FunctionAssociations`]: [] }),
      '/',
      200,
    ],
  ])('without %s', async (_, wanted, path, status) => {
    expect(await statusWith(wanted, path)).toBe(status);
  });

  test.each([
    [
      'answers itself',
      'function handler() { return { statusCode: 302 }; }',
      'is not supported by the local stack',
    ],
    ['throws', 'function handler() { throw new Error("no"); }', 'Error: no'],
    [
      'looks for what CloudFront does not have',
      'function handler() { process.exit(1); }',
      'process is not defined',
    ],
    ['never ends', 'function handler() { while (true) {} }', 'timed out'],
  ])('a function that %s is an error of the server, and logged', async (_, code, why) => {
    expect(await statusWith(changed({ 'SinglePage.FunctionCode': code }), '/keys')).toBe(503);
    expect(lines.at(-1)).toContain('the dashboard failed on /keys');
    expect(lines.at(-1)).toContain(why);
  });
});
