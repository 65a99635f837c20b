import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFreshConnections } from '../../functions/runtime/fresh-connections.ts';

let server: Server;
let connections: number;
let endpoint: string;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"TableNames":[]}'));
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

function clientWith({ agents }: ReturnType<typeof createFreshConnections>) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    requestHandler: agents,
  });
}

test('requests in quick succession share a connection', async () => {
  const fresh = createFreshConnections(60_000);
  const client = clientWith(fresh);
  for (let request = 0; request < 3; request++) {
    fresh.freshen();
    await client.send(new ListTablesCommand());
  }
  expect(connections).toBe(1);
  client.destroy();
});

test('a connection that stood idle for too long is not used again', async () => {
  // Every pause is longer than less than nothing, as after a freeze.
  const fresh = createFreshConnections(-1);
  const client = clientWith(fresh);
  for (let request = 0; request < 3; request++) {
    fresh.freshen();
    await client.send(new ListTablesCommand());
  }
  expect(connections).toBe(3);
  client.destroy();
});
