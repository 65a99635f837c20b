import { connect } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startAwsEndpoint } from '../../../local/aws/endpoint.ts';
import { AwsError, type AwsRequest, type AwsService } from '../../../local/aws/service.ts';
import { clientConfig, role, roleArn, startEndpoint } from './support.ts';

/** What the fake services of this file do with a request; each test sets it. */
let act: (request: AwsRequest) => unknown = () => ({});
const service = (signingName: string): AwsService => ({
  signingName,
  handle: async (request) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(act(request)),
  }),
});
const lines: string[] = [];
const endpoint = await startEndpoint([service('dynamodb'), service('lambda')], [role('r')], (line) =>
  lines.push(line),
);
beforeEach(() => {
  act = () => ({});
});
afterAll(() => endpoint.close());

const dynamodb = new DynamoDBClient(clientConfig(endpoint.url));
const lambda = new LambdaClient(clientConfig(endpoint.url));
const scope = (name: string) =>
  `AWS4-HMAC-SHA256 Credential=id/20261123/eu-central-1/${name}/aws4_request, SignedHeaders=host, Signature=0`;
const call = (
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
) => fetch(`${endpoint.url}${path}`, init as RequestInit);

describe('who and what a request is for', () => {
  test('the service is found by the scope of the signature, the principal by the access key id', async () => {
    const seen: AwsRequest[] = [];
    act = (request) => {
      seen.push(request);
      return { TableNames: [] };
    };
    const credentials = endpoint.iam.credentialsOf(roleArn('r'));
    const asRole = new DynamoDBClient(clientConfig(endpoint.url, credentials));
    const { $metadata } = await asRole.send(new ListTablesCommand({}));
    await dynamodb.send(new ListTablesCommand({}));
    expect(seen.map(({ principal }) => principal.kind)).toEqual(['role', 'administrator']);
    expect(seen[0]?.requestId).toBe($metadata.requestId);
  });

  test('a presigned URL is a signature too', async () => {
    act = (request) => ({ path: request.path, marker: request.query.get('marker') });
    const response = await call('/a%20b?marker=x&X-Amz-Credential=id/20261123/r/lambda/aws4_request');
    expect(await response.json()).toEqual({ path: '/a b', marker: 'x' });
  });

  test('an unsigned request is refused', async () => {
    const response = await call('/');
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    const basic = await call('/', { headers: { authorization: 'Basic eDp5' } });
    expect(basic.headers.get('x-amzn-errortype')).toBe('IncompleteSignatureException');
  });

  test('a service that the stack does not run is named, in that service’s own protocol', async () => {
    const rest = await call('/', { headers: { authorization: scope('s3') } });
    expect(await rest.json()).toEqual({
      message: 'The service "s3" is not part of this local stack; it runs: dynamodb, lambda',
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const query = await call('/', {
      method: 'POST',
      headers: { ...form, authorization: scope('sts') },
      body: 'Action=GetCallerIdentity',
    });
    expect(await query.text()).toContain('<Code>UnsupportedServiceException</Code>');
  });

  test('a web page cannot use the endpoint through its visitor’s browser', async () => {
    const path = '/2015-03-31/functions?X-Amz-Credential=id/20261123/r/lambda/aws4_request';
    const response = await call(path, { headers: { origin: 'https://evil.example' } });
    expect(response.status).toBe(403);
    await expect(
      rawStatus(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`),
    ).resolves.toBe(403);
    await expect(
      rawStatus(`GET ${path} HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n`),
    ).resolves.toBe(200);
  });
});

describe('errors', () => {
  test('a service’s error reaches the SDK by name, message and status in both protocols', async () => {
    act = () => {
      throw new AwsError('ResourceNotFoundException', 'not here', 404, { Extra: 1 });
    };
    const expected = {
      name: 'ResourceNotFoundException',
      message: 'not here',
      $metadata: { httpStatusCode: 404 },
    };
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject(expected);
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject(expected);
  });

  test('a denied role hears 400 from JSON services and 403 from REST services', async () => {
    act = (request) => request.authorize('some:Action', 'arn:some:thing');
    const config = clientConfig(endpoint.url, endpoint.iam.credentialsOf(roleArn('r')));
    const denied = (httpStatusCode: number) => ({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: .* is not authorized to perform: some:Action on resource: arn:some:thing/,
      ),
      $metadata: { httpStatusCode },
    });
    await expect(new DynamoDBClient(config).send(new ListTablesCommand({}))).rejects.toMatchObject(
      denied(400),
    );
    await expect(new LambdaClient(config).send(new ListFunctionsCommand({}))).rejects.toMatchObject(
      denied(403),
    );
  });

  test('an unexpected failure is a 500 and a line on the log, and the endpoint lives on', async () => {
    act = () => {
      throw new Error('a bug');
    };
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
    expect(lines.join()).toContain('a bug');
    act = () => ({ TableNames: ['Keys'] });
    await expect(dynamodb.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ['Keys'] });
  });

  test('a path that is no percent-encoding is a 400', async () => {
    expect((await call('/%zz', { headers: { authorization: scope('lambda') } })).status).toBe(400);
  });

  test('a body over 16 MB is refused', async () => {
    act = (request) => ({ length: request.body.length });
    const post = (bytes: number) =>
      call('/', { method: 'POST', headers: { authorization: scope('lambda') }, body: Buffer.alloc(bytes) });
    expect(await (await post(16 * 1024 * 1024)).json()).toEqual({ length: 16 * 1024 * 1024 });
    expect((await post(16 * 1024 * 1024 + 1)).status).toBe(413);
  });
});

describe('start and stop', () => {
  test('a port in use rejects with EADDRINUSE', async () => {
    const port = Number(new URL(endpoint.url).port);
    await expect(startAwsEndpoint({ port, services: [], access: endpoint.iam })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('closing lets a request under way finish and closes the services', async () => {
    let closed = false;
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const slow: AwsService = {
      signingName: 'lambda',
      async handle() {
        started.resolve();
        await finish.promise;
        return { status: 200, body: '{"Functions":[]}' };
      },
      async close() {
        closed = true;
      },
    };
    const other = await startEndpoint([slow]);
    const answer = new LambdaClient(clientConfig(other.url)).send(new ListFunctionsCommand({}));
    await started.promise;
    const closing = other.close();
    finish.resolve();
    await expect(answer).resolves.toMatchObject({ Functions: [] });
    await closing;
    expect(closed).toBe(true);
    await expect(fetch(other.url)).rejects.toThrow();
  });
});

/** The status of a request whose `Host` no client library would send. */
async function rawStatus(request: string): Promise<number> {
  const { port, hostname } = new URL(endpoint.url);
  const socket = connect(Number(port), hostname, () => socket.write(request));
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return Number(text.split(' ')[1]);
}
