import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Api } from '../../dashboard/src/api/client.ts';

test('what one person asked for is never tried again in the name of another', async () => {
  let person = 'ada';
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    // Somebody else signs in before the next try.
    person = 'grace';
    response.writeHead(503, { 'Content-Type': 'application/problem+json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const api = new Api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    token: async () => `token-of-${person}`,
    expire: () => {},
    whose: () => person,
  });
  await expect(api.deleteAccount()).rejects.toMatchObject({ problem: { kind: 'signed-out' } });
  expect(asked).toEqual(['Bearer token-of-ada']);
});

test('an alert that is another’s, or no alert at all, is none; what fails is not taken for that', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const status = { '/account/alerts/1': 400, '/account/alerts/alert_other': 404 }[request.url ?? ''] ?? 403;
    response.writeHead(status, { 'Content-Type': 'application/problem+json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const api = new Api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    token: async () => 'token-of-ada',
    expire: () => {},
    whose: () => 'ada',
  });
  expect([await api.alert('1'), await api.alert('alert_other')]).toEqual([null, null]);
  await expect(api.alert('../keys')).rejects.toMatchObject({ problem: { status: 403 } });
  expect(asked).toEqual(['/account/alerts/1', '/account/alerts/alert_other', '/account/alerts/..%2Fkeys']);
});
