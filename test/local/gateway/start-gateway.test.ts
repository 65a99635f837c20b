import { Agent, createServer, get } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { api, method, mockOk, start, stopAll, until } from './support.ts';

afterEach(stopAll);

const resources = () => api(method('GET', '/thing', mockOk), method('GET', '/slow'));

it('rejects with EADDRINUSE where the port is taken', async () => {
  const first = await start(resources());
  const port = Number(new URL(first.url).port);
  await expect(start(resources(), {}, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('gives requests under /_local/ to the local routes first, and only those', async () => {
  const seen: string[] = [];
  const gateway = await start(
    resources(),
    {},
    {
      localRoutes: (request, response) => {
        seen.push(request.url ?? '');
        if (request.url !== '/_local/clock') return false;
        response.end('clock');
        return true;
      },
    },
  );
  expect((await gateway.send('GET', '/_local/clock')).body).toBe('clock');
  expect((await gateway.send('GET', '/_local/other')).status).toBe(403);
  expect((await gateway.send('GET', '/thing')).status).toBe(200);
  expect(seen).toEqual(['/_local/clock', '/_local/other']);
});

it('lets a request under way finish before it closes, and frees the port', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const gateway = await start(resources(), { backend: () => promise });
  const agent = new Agent({ keepAlive: true });
  const answer = new Promise<number>((settle, reject) => {
    get(`${gateway.url}/slow`, { agent }, (response) => {
      response.resume();
      settle(response.statusCode ?? 0);
    }).on('error', reject);
  });
  await until(() => gateway.calls.length === 1);
  const closed = gateway.close();
  resolve({ statusCode: 200 });
  expect(await answer).toBe(200);
  await closed;
  agent.destroy();

  const port = Number(new URL(gateway.url).port);
  const next = createServer();
  await new Promise<void>((done) => next.listen(port, '127.0.0.1', done));
  await new Promise((done) => next.close(done));
});
