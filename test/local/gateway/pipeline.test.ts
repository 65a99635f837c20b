import { afterEach, describe, expect, it } from 'vitest';
import type { ResolvedResource } from '../../../local/model.ts';
import type { Handler, SendOptions } from './support.ts';
import {
  allow,
  api,
  authorized,
  authorizer,
  gatewayResponse,
  keyed,
  LambdaBusy,
  method,
  permission,
  plan,
  start,
  stopAll,
  withKey,
} from './support.ts';

afterEach(stopAll);

interface Row {
  name: string;
  type: string;
  /** The customised type where the row has none of its own. */
  custom?: string;
  status: number;
  errorType: string;
  body: string;
  resources?: ResolvedResource[];
  handlers?: Record<string, Handler>;
  request?: [verb: string, path: string, options?: SendOptions];
  /** Requests before the one that is looked at. */
  warmUp?: number;
}

const forever = () => new Promise(() => {});
const throws = (message: string) => () => {
  throw new Error(message);
};
const integration = (properties: Record<string, unknown>) => ({
  Integration: {
    Type: 'AWS_PROXY',
    IntegrationHttpMethod: 'POST',
    Uri: 'arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:backend/invocations',
    ...properties,
  },
});
const authorizerFailure = {
  type: 'AUTHORIZER_FAILURE',
  status: 500,
  errorType: 'AuthorizerConfigurationException',
  body: '{"message":null}',
};
const configuration = { ...authorizerFailure, type: 'AUTHORIZER_CONFIGURATION_ERROR' };
const unauthorized = {
  type: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
  body: '{"message":"Unauthorized"}',
};
const forbidden = {
  type: 'INVALID_API_KEY',
  status: 403,
  errorType: 'ForbiddenException',
  body: '{"message":"Forbidden"}',
};
const broken = {
  type: 'DEFAULT_5XX',
  errorType: 'InternalServerErrorException',
  body: '{"message": "Internal server error"}',
};
const unknown = {
  type: 'MISSING_AUTHENTICATION_TOKEN',
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  body: '{"message":"Missing Authentication Token"}',
};
const denied = {
  type: 'ACCESS_DENIED',
  status: 403,
  errorType: 'AccessDeniedException',
};

const rows: Row[] = [
  { name: 'a missing identity source', ...unauthorized, request: ['GET', '/thing'] },
  {
    name: 'an empty identity source',
    ...unauthorized,
    request: ['GET', '/thing', { headers: { 'X-API-Key': '' } }],
  },
  {
    name: 'an authorizer that throws exactly "Unauthorized"',
    ...unauthorized,
    handlers: { authorizer: throws('Unauthorized') },
  },
  {
    name: 'an explicit Deny',
    ...denied,
    body: '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
    handlers: { authorizer: () => allow({}, '*', 'Deny') },
  },
  {
    name: 'a policy that allows something else',
    ...denied,
    body: '{"Message":"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"}',
    handlers: { authorizer: () => allow({}, 'arn:aws:execute-api:*:*:api/v1/GET/other') },
  },
  {
    name: 'an authorizer that throws otherwise',
    ...authorizerFailure,
    handlers: { authorizer: throws('unauthorized') },
  },
  {
    name: 'an authorizer without a policy',
    ...configuration,
    handlers: { authorizer: () => ({ principalId: 'x' }) },
  },
  {
    name: 'an authorizer with a nested context value',
    ...configuration,
    handlers: { authorizer: () => allow({ context: { nested: { a: 1 } } }) },
  },
  { name: 'an authorizer that answers null', ...configuration, handlers: { authorizer: () => null } },
  {
    name: 'an authorizer whose policy has a condition',
    ...configuration,
    handlers: {
      authorizer: () =>
        allow({
          policyDocument: {
            Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { Bool: {} } },
          },
        }),
    },
  },
  {
    name: 'an authorizer that the gateway may not invoke',
    ...configuration,
    resources: [
      permission('authorizer', 'arn:aws:execute-api:eu-central-1:123456789012:api/authorizers/other'),
    ],
  },
  {
    name: 'no usage key from the authorizer',
    ...forbidden,
    handlers: { authorizer: () => allow({ usageIdentifierKey: undefined }) },
  },
  {
    name: 'an unknown usage key',
    ...forbidden,
    handlers: { authorizer: () => allow({ usageIdentifierKey: 'b'.repeat(20) }) },
  },
  {
    name: 'a throttled key',
    type: 'THROTTLED',
    status: 429,
    errorType: 'TooManyRequestsException',
    body: '{"message":"Too Many Requests"}',
    resources: [plan({ Throttle: { RateLimit: 0.0001, BurstLimit: 1 } })],
    warmUp: 1,
  },
  {
    name: 'a used-up quota',
    type: 'QUOTA_EXCEEDED',
    status: 429,
    errorType: 'LimitExceededException',
    body: '{"message":"Limit Exceeded"}',
    resources: [plan({ Quota: { Limit: 1, Period: 'MONTH' } })],
    warmUp: 1,
  },
  {
    name: 'missing required parameters',
    type: 'BAD_REQUEST_PARAMETERS',
    status: 400,
    errorType: 'BadRequestException',
    body: '{"message": "Missing required request parameters: [a, B-C]"}',
    resources: [
      {
        logicalId: 'Validator',
        type: 'AWS::ApiGateway::RequestValidator',
        ref: 'validator',
        attributes: {},
        properties: { RestApiId: 'api', ValidateRequestParameters: true },
      },
      ...method('GET', '/thing', {
        ...keyed,
        RequestValidatorId: 'validator',
        RequestParameters: {
          'method.request.querystring.a': true,
          'method.request.header.b-c': true,
          'method.request.querystring.optional': false,
        },
      }),
    ],
  },
  { name: 'an unknown path', ...unknown, request: ['GET', '/nowhere', withKey] },
  { name: 'an unknown method', ...unknown, request: ['POST', '/thing', withKey] },
  { name: 'a path that only begins like a known one', ...unknown, request: ['GET', '/thing/more', withKey] },
  {
    name: 'an integration over its time',
    type: 'INTEGRATION_TIMEOUT',
    status: 504,
    errorType: 'InternalServerErrorException',
    body: '{"message": "Endpoint request timed out"}',
    resources: method('GET', '/thing', { ...keyed, ...integration({ TimeoutInMillis: 50 }) }),
    handlers: { backend: forever },
  },
  { name: 'a function that throws', ...broken, status: 502, handlers: { backend: throws('boom') } },
  { name: 'a function that answers a string', ...broken, status: 502, handlers: { backend: () => 'hello' } },
  { name: 'a function that answers null', ...broken, status: 502, handlers: { backend: () => null } },
  {
    name: 'a function with an object for a body',
    ...broken,
    status: 502,
    handlers: { backend: () => ({ statusCode: 200, body: {} }) },
  },
  {
    name: 'a function with an unknown member in its answer',
    ...broken,
    status: 502,
    handlers: { backend: () => ({ statusCode: 200, message: 'x' }) },
  },
  {
    name: 'a function with a header that cannot be sent',
    ...broken,
    status: 502,
    handlers: { backend: () => ({ statusCode: 200, headers: { 'X-A': 'a\r\nX-B: b' } }) },
  },
  {
    name: 'a throttled function',
    ...broken,
    status: 500,
    handlers: {
      backend: () => {
        throw new LambdaBusy('Rate exceeded');
      },
    },
  },
  {
    name: 'a function that the gateway may not invoke',
    ...broken,
    type: 'API_CONFIGURATION_ERROR',
    status: 500,
    resources: [permission('backend', 'arn:aws:execute-api:eu-central-1:123456789012:api/v1/POST/*')],
  },
  {
    name: 'a body over 10 MB',
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    errorType: 'RequestTooLargeException',
    body: '{"message":"Request Too Long"}',
    request: ['POST', '/thing', { ...withKey, body: Buffer.alloc(10 * 1024 * 1024 + 1) }],
  },
  {
    name: 'a mock that takes no other media type',
    type: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    errorType: 'UnsupportedMediaTypeException',
    body: '{"message": "Unsupported Media Type"}',
    resources: method('GET', '/thing', {
      Integration: {
        Type: 'MOCK',
        PassthroughBehavior: 'NEVER',
        RequestTemplates: { 'application/json': '{"statusCode": 200}' },
      },
    }),
    request: ['GET', '/thing', { headers: { 'Content-Type': 'text/plain' } }],
  },
];

async function answerTo(row: Row, extra: ResolvedResource[] = []) {
  const gateway = await start(
    api(method('GET', '/thing', keyed), authorizer(), plan(), ...(row.resources ?? []), extra),
    row.handlers,
  );
  const [verb, path, options] = row.request ?? ['GET', '/thing', withKey];
  for (let sent = 0; sent < (row.warmUp ?? 0); sent++) {
    expect((await gateway.send(verb, path, options)).status).toBe(200);
  }
  return gateway.send(verb, path, options);
}

describe.each(rows)('$name', (row) => {
  it(`is ${row.status} ${row.type} with the built-in body and headers`, async () => {
    const answer = await answerTo(row);
    expect(answer.status).toBe(row.status);
    expect(answer.body).toBe(row.body);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': row.errorType,
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-amz-apigw-id': expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
    });
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  it('is what the stack makes of its type', async () => {
    const answer = await answerTo(row, [
      gatewayResponse(row.type, {
        StatusCode: '418',
        ResponseParameters: {
          'gatewayresponse.header.Retry-After': "'7'",
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
          'gatewayresponse.header.X-Id': 'context.requestId',
          'gatewayresponse.header.X-Nothing': 'method.request.querystring.nothing',
        },
        ResponseTemplates: {
          'application/json': '{"type":"$context.error.responseType","detail":$context.error.messageString}',
        },
      }),
      gatewayResponse('DEFAULT_4XX', row.type === 'DEFAULT_4XX' ? {} : { StatusCode: '499' }),
    ]);
    expect(answer.status).toBe(418);
    expect(JSON.parse(answer.body)).toEqual({
      type: row.type,
      detail: Object.values(JSON.parse(row.body))[0],
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '7',
      'x-id': answer.headers['x-amzn-requestid'],
      'x-amzn-errortype': row.errorType,
    });
    expect(answer.headers).not.toHaveProperty('x-nothing');
  });

  it('falls back to what the stack makes of its class', async () => {
    const answer = await answerTo(row, [
      gatewayResponse(row.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX', {
        ResponseTemplates: { 'application/json': '{"id":"$context.requestId"}' },
      }),
    ]);
    expect(answer.status).toBe(row.status);
    expect(JSON.parse(answer.body)).toEqual({ id: answer.headers['x-amzn-requestid'] });
  });
});

describe('the order of the pipeline', () => {
  it('lets a Deny win over a valid usage key, and counts nothing', async () => {
    const gateway = await start(
      api(method('GET', '/thing', keyed), authorizer(), plan({ Quota: { Limit: 1, Period: 'DAY' } })),
      {
        authorizer: () => allow({}, '*', 'Deny'),
      },
    );
    expect((await gateway.send('GET', '/thing', withKey)).status).toBe(403);
    expect(gateway.ledger.daily('plan', 'key1')).toEqual({});
  });

  it('asks no authorizer where the identity source is missing, even with the cache off', async () => {
    const gateway = await start(api(method('GET', '/thing', authorized), authorizer()));
    await gateway.send('GET', '/thing');
    expect(gateway.calls).toEqual([]);
  });

  it('invokes no function for a request without a usage key', async () => {
    const gateway = await start(api(method('GET', '/thing', keyed), authorizer(), plan()), {
      authorizer: () => allow({ usageIdentifierKey: null }),
    });
    await gateway.send('GET', '/thing', withKey);
    expect(gateway.calls).toEqual(['authorizer']);
  });

  it('leaves a method without a required key outside the plan', async () => {
    const gateway = await start(
      api(method('GET', '/usage', authorized), authorizer(), plan({ Quota: { Limit: 0, Period: 'DAY' } })),
    );
    expect((await gateway.send('GET', '/usage', withKey)).status).toBe(200);
    expect(gateway.ledger.daily('plan', 'key1')).toEqual({});
  });
});
