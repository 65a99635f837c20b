import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from './support.ts';
import {
  allow,
  api,
  authorized,
  authorizer,
  keyed,
  method,
  plan,
  restApi,
  stage,
  start,
  stopAll,
  usageKey,
  withKey,
} from './support.ts';

afterEach(stopAll);

async function eventsOf(resources: Parameters<typeof api>, verb: string, path: string, options = {}) {
  const seen: { authorizer?: Event; backend?: Event } = {};
  const gateway = await start(api(authorizer(), plan(), ...resources), {
    authorizer: (event) => {
      seen.authorizer = event;
      return allow({ context: { tier: 'free', limit: 100, trial: false } });
    },
    backend: (event) => {
      seen.backend = event;
      return { statusCode: 200 };
    },
  });
  const answer = await gateway.send(verb, path, options);
  return { ...seen, answer, gateway };
}

describe('the proxy event', () => {
  it('has null for everything that is empty', async () => {
    const { backend } = await eventsOf([method('GET', '/thing')], 'GET', '/thing');
    expect(backend).toMatchObject({
      resource: '/thing',
      path: '/thing',
      httpMethod: 'GET',
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    });
    expect(backend?.requestContext).not.toHaveProperty('authorizer');
    expect(backend?.requestContext.identity).not.toHaveProperty('apiKey');
  });

  it('has the request, its context and who sent it', async () => {
    const { backend, answer, gateway } = await eventsOf(
      [method('POST', '/keys/{id}', keyed), stage({ Variables: { colour: 'blue' } })],
      'POST',
      '/keys/a%20b?x=1&x=2&y=%C3%A4+%zz',
      { headers: { 'x-api-key': 'secret', 'user-agent': 'tester', 'x-two': ['a', 'b'] }, body: '{"ä":1}' },
    );
    expect(backend).toMatchObject({
      resource: '/keys/{id}',
      path: '/keys/a%20b',
      httpMethod: 'POST',
      queryStringParameters: { x: '2', y: 'ä %zz' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['ä %zz'] },
      pathParameters: { id: 'a%20b' },
      stageVariables: { colour: 'blue' },
      body: '{"ä":1}',
      headers: {
        'X-Api-Key': 'secret',
        'User-Agent': 'tester',
        'X-Two': 'b',
        'X-Forwarded-For': '127.0.0.1',
        'X-Forwarded-Proto': 'http',
        'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      },
      multiValueHeaders: { 'X-Two': ['a', 'b'] },
    });
    expect(backend?.headers).not.toHaveProperty('Content-Length');
    expect(backend?.requestContext).toMatchObject({
      accountId: '123456789012',
      apiId: 'api',
      resourceId: 'res-keys-{id}',
      resourcePath: '/keys/{id}',
      httpMethod: 'POST',
      path: '/v1/keys/a%20b',
      stage: 'v1',
      protocol: 'HTTP/1.1',
      domainName: '127.0.0.1',
      requestId: answer.headers['x-amzn-requestid'],
      extendedRequestId: answer.headers['x-amz-apigw-id'],
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      identity: { sourceIp: '127.0.0.1', userAgent: 'tester', apiKey: usageKey.value, apiKeyId: 'key1' },
    });
    expect(Math.abs(Number(backend?.requestContext['requestTimeEpoch']) - gateway.clock.now())).toBeLessThan(
      10_000,
    );
  });

  it('has the context of the authorizer as strings, with principalId and a numeric latency', async () => {
    const { backend } = await eventsOf([method('GET', '/thing', authorized)], 'GET', '/thing', withKey);
    expect(backend?.requestContext.authorizer).toEqual({
      tier: 'free',
      limit: '100',
      trial: 'false',
      principalId: 'someone',
      integrationLatency: expect.any(Number),
    });
  });

  it('has the time of the moved clock', async () => {
    const seen: Event[] = [];
    const gateway = await start(api(method('GET', '/thing')), {
      backend: (event) => {
        seen.push(event);
        return { statusCode: 200 };
      },
    });
    const target = gateway.clock.now() + 83 * 86_400_000;
    await gateway.clock.moveTo(target);
    await gateway.send('GET', '/thing');
    expect(seen[0]?.requestContext['requestTimeEpoch']).toBeGreaterThanOrEqual(Math.floor(target));
  });

  it('carries a binary media type in base64, both ways', async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const seen: Event[] = [];
    const gateway = await start(api(restApi({ BinaryMediaTypes: ['image/*'] }), method('POST', '/thing')), {
      backend: (event) => {
        seen.push(event);
        return { statusCode: 200, body: Buffer.from('abc').toString('base64'), isBase64Encoded: true };
      },
    });
    const headers = { 'Content-Type': 'image/png', Accept: 'image/png' };
    const answer = await gateway.send('POST', '/thing', { headers, body: bytes });
    expect(seen[0]).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(answer.body).toBe('abc');
    const plain = await gateway.send('POST', '/thing', { body: 'x' });
    expect(seen[1]).toMatchObject({ body: 'x', isBase64Encoded: false });
    expect(plain.body).toBe(Buffer.from('abc').toString('base64'));
  });
});

describe('the authorizer event', () => {
  it('has {} where the proxy event has null, a method ARN, and no body', async () => {
    const { authorizer: event } = await eventsOf([method('POST', '/thing', authorized)], 'POST', '/thing', {
      ...withKey,
      body: 'body',
    });
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:api/v1/POST/thing',
      resource: '/thing',
      path: '/thing',
      httpMethod: 'POST',
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
      pathParameters: {},
      stageVariables: {},
      headers: { 'X-Api-Key': 'customer-secret' },
      requestContext: { stage: 'v1', path: '/v1/thing', identity: { sourceIp: '127.0.0.1' } },
    });
    expect(event).not.toHaveProperty('body');
    expect(event?.requestContext).not.toHaveProperty('authorizer');
  });
});

describe("a function's answer", () => {
  it('merges both header maps and keeps the gateway’s own headers for the gateway', async () => {
    const gateway = await start(api(method('GET', '/thing')), {
      backend: () => ({
        statusCode: 201,
        headers: { 'X-One': '1', 'X-Two': 'a', 'Content-Type': 'text/plain', Date: 'never', 'X-Number': 5 },
        multiValueHeaders: { 'x-two': ['a', 'b'], 'Set-Cookie': ['a=1', 'b=2'] },
        body: 'hällo',
      }),
    });
    const answer = await gateway.send('GET', '/thing');
    expect(answer.status).toBe(201);
    expect(answer.body).toBe('hällo');
    expect(answer.headers).toMatchObject({
      'x-one': '1',
      'x-two': 'a, b',
      'x-number': '5',
      'content-type': 'text/plain',
      'x-amzn-remapped-date': 'never',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(answer.headers).not.toHaveProperty('x-amzn-errortype');
  });

  it('is JSON where it says nothing else, and bodiless for 204 and HEAD', async () => {
    const gateway = await start(
      api(method('GET', '/thing'), method('HEAD', '/head'), method('ANY', '/any')),
      {
        backend: ({ httpMethod }) => ({ statusCode: httpMethod === 'DELETE' ? 204 : 200, body: '{}' }),
      },
    );
    expect((await gateway.send('GET', '/thing')).headers['content-type']).toBe('application/json');
    const head = await gateway.send('HEAD', '/head');
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '2']);
    expect(await gateway.send('DELETE', '/any')).toMatchObject({ status: 204, body: '' });
  });
});
