import { paginateGetApiKeys, UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  apiGatewayClient,
  changeKeyItem,
  expectProblem,
  expectUnavailable,
  inNextMonth,
  keyItem,
  type MadeKey,
  makeKey,
  newAddress,
  quotaExceeded,
  requestIdOf,
  secondsToMonthEnd,
  setUsed,
  usageItem,
} from './request-path-support.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

/** What the API answers beside decisions: usage, health, preflights, and every answer that the gateway gives itself. */

let stack: TestStack;
let key: MadeKey;
beforeAll(async () => {
  stack = await startTestStack({ startsAt: inNextMonth() });
  key = await makeKey(stack);
});
afterAll(() => stack.close());

function getUsage(apiKey?: string): Promise<HttpAnswer> {
  return stack.request('GET', '/usage', apiKey === undefined ? {} : { 'X-API-Key': apiKey });
}

describe('GET /usage', () => {
  test("tells the caller's own limits and counts, of the whole subscription and of this key", async () => {
    const email = newAddress();
    const [first, second] = [await makeKey(stack, 'pro', email), await makeKey(stack, 'pro', email)];
    await stack.evaluate(first.apiKey);
    await stack.evaluate(first.apiKey, '{');
    const { body: decision } = await stack.evaluate(second.apiKey);

    const answer = await getUsage(first.apiKey);
    expect(answer.status).toBe(200);
    const now = new Date(decision.timestamp);
    expect(answer.body).toEqual({
      subscriptionId: first.subscriptionId,
      tier: 'pro',
      period: decision.timestamp.slice(0, 7),
      limit: 10_000,
      total: 3,
      remaining: 9_997,
      resetsAt: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString(),
      days: { [decision.timestamp.slice(0, 10)]: 3 },
      ratePerSecond: 10_000,
      burst: 5_000,
      key: { keyId: first.keyId, version: 1, total: 2 },
    });
    expect(answer.headers.get('ratelimit')).toMatch(/^"month";r=9997;t=\d+$/);
    expect(answer.headers.get('ratelimit-policy')).toMatch(/^"month";q=10000;w=\d+$/);
    // What it tells is what the admin is told, but for the other keys.
    const told = await stack.manage('get-usage', { subscriptionId: first.subscriptionId });
    expect(told).toMatchObject({ total: 3, keys: { [first.keyId]: 2, [second.keyId]: 1 } });
    expect(answer.text).not.toContain(second.keyId);
  });

  test('costs nothing, however often', async () => {
    const made = await makeKey(stack);
    for (let time = 0; time < 5; time++)
      expect((await getUsage(made.apiKey)).body).toMatchObject({ total: 0 });
    expect(await usageItem(stack, made.subscriptionId)).toEqual({});
    expect((await stack.evaluate(made.apiKey)).headers.get('ratelimit')).toMatch(/r=9999;/);
  });

  test('answers when the quota is used up, by the meter and by the plan', async () => {
    const made = await makeKey(stack, 'free');
    await Promise.all(Array.from({ length: 100 }, () => stack.evaluate(made.apiKey)));
    const refused = await stack.evaluate(made.apiKey);
    expect(refused.headers.get('x-amzn-errortype')).toBe('LimitExceededException');
    expect((await getUsage(made.apiKey)).body).toMatchObject({ limit: 100, total: 100, remaining: 0 });
  });

  test('is refused without a key and with a wrong one, like any protected path', async () => {
    for (const apiKey of [undefined, 'garbage', `${key.apiKey}0`]) {
      expectProblem(await getUsage(apiKey), 401, 'unauthorized', 'API key or sign-in missing or not valid');
    }
  });
});

test('GET /health is open to everybody, needs no function, and tells its request id', async () => {
  const answer = await stack.request('GET', '/health');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toEqual({ status: 'ok', requestId: requestIdOf(answer) });
});

test('GET /claim leads to the dashboard, where links of mails go on with what stands behind their #', async () => {
  const answer = await stack.request('GET', '/claim');
  expect([answer.status, answer.text]).toEqual([302, '']);
  // No fragment of its own, so that browsers keep that of the link.
  expect(answer.headers.get('location')).toBe(`${stack.dashboardUrl}/claim`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

test.each([
  ['GET', '/'],
  ['GET', '/nothing/here'],
  ['GET', '/decisions'],
  ['GET', '/decisions/evaluate'],
  ['DELETE', '/decisions/evaluate'],
  ['POST', '/decisions/evaluate/more'],
  ['POST', '/usage'],
  ['POST', '/Decisions/Evaluate'],
])('%s %s: there is nothing, with a key or without', async (method, path) => {
  for (const headers of [{}, { 'X-API-Key': key.apiKey }]) {
    const answer = await stack.request(method, path, headers);
    expectProblem(answer, 404, 'not-found', 'There is nothing at this address');
  }
});

test('a body beyond what API Gateway takes is a 413 problem, and counts against nobody', async () => {
  const made = await makeKey(stack);
  const answer = await stack.evaluate(made.apiKey, 'x'.repeat(10 * 1024 * 1024 + 1));
  expectProblem(answer, 413, 'request-too-large', 'The request is too large');
  expect(await usageItem(stack, made.subscriptionId)).toEqual({});
});

test('a usage key that API Gateway does not know yet is a 503 to try again in two seconds, and then works', async () => {
  const made = await makeKey(stack);
  const client = apiGatewayClient(stack);
  let usageKeyId = '';
  for await (const { items } of paginateGetApiKeys({ client }, {})) {
    usageKeyId = items?.find(({ name }) => name?.includes(made.subscriptionId))?.id ?? usageKeyId;
  }
  const setEnabled = (value: 'true' | 'false') =>
    client.send(
      new UpdateApiKeyCommand({
        apiKey: usageKeyId,
        patchOperations: [{ op: 'replace', path: '/enabled', value }],
      }),
    );

  await setEnabled('false');
  const answer = await stack.evaluate(made.apiKey);
  expectProblem(answer, 503, 'key-not-ready', 'The key is not ready yet');
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(answer.headers.get('x-amzn-errortype')).toBe('ForbiddenException');
  // It is under no plan, so it needs no usage key.
  expect((await getUsage(made.apiKey)).status).toBe(200);
  await setEnabled('true');
  expect((await stack.evaluate(made.apiKey)).headers.get('ratelimit')).toMatch(/r=9999;/);
});

describe('a web page of any origin', () => {
  const origin = { Origin: 'https://app.example.com' };
  const readable = ['ratelimit', 'ratelimit-policy', 'retry-after', 'x-amzn-requestid'];

  function expectReadable({ headers }: HttpAnswer): void {
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const exposed = (headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/, ?/);
    expect(exposed.toSorted()).toEqual(readable);
  }

  test.each([
    ['/decisions/evaluate', 'POST'],
    ['/usage', 'GET'],
    ['/health', 'GET'],
  ])('may send its key and JSON to %s', async (path, method) => {
    const answer = await stack.request('OPTIONS', path, {
      ...origin,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'content-type,x-api-key',
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')?.split(',')).toContain(method);
    const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(',');
    expect(allowed).toEqual(expect.arrayContaining(['content-type', 'x-api-key']));
    // No cookie is ever needed, so none may be sent.
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('may read every answer, limits and request id, good or bad', async () => {
    const used = await makeKey(stack);
    await setUsed(stack, used.subscriptionId, 10_000);
    const stray = await makeKey(stack);
    await changeKeyItem(stack, stray.keyId, { tier: 'platinum' });
    const post = { ...origin, 'Content-Type': 'application/json' };
    const evaluate = (apiKey: string, body: string) =>
      stack.request('POST', '/decisions/evaluate', { ...post, 'X-API-Key': apiKey }, body);
    const answers = [
      await evaluate(key.apiKey, '{"category":"RND"}'),
      await evaluate(key.apiKey, '{'),
      await evaluate('garbage', '{}'),
      await evaluate(used.apiKey, '{"category":"RND"}'),
      await evaluate(stray.apiKey, '{"category":"RND"}'),
      await stack.request('GET', '/usage', { ...origin, 'X-API-Key': key.apiKey }),
      await stack.request('GET', '/health', origin),
      await stack.request('GET', '/nothing', origin),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 429, 503, 200, 200, 404]);
    for (const answer of answers) expectReadable(answer);
  });
});

test('an answer is JSON whatever the client says that it accepts', async () => {
  for (const Accept of ['text/html', 'application/xml', '*/*', 'application/problem+json']) {
    const refused = await stack.request('POST', '/decisions/evaluate', { Accept }, '{}');
    expectProblem(refused, 401, 'unauthorized', 'API key or sign-in missing or not valid');
  }
});

test('a key whose item changes its tier is metered by the new limits from the next request on', async () => {
  const made = await makeKey(stack);
  const enterprise = await makeKey(stack, 'enterprise');
  const { usageKey } = await keyItem(stack, enterprise.keyId);
  await changeKeyItem(stack, made.keyId, { tier: 'enterprise', usageKey });
  const answer = await stack.evaluate(made.apiKey);
  const seconds = secondsToMonthEnd(Date.parse(answer.body.timestamp));
  expect(answer.headers.get('ratelimit')).toBe(`"month";r=999999;t=${seconds}`);
});

test('an unknown tier is a 503 for GET /usage, too', async () => {
  const made = await makeKey(stack);
  await changeKeyItem(stack, made.keyId, { tier: 'platinum' });
  expectUnavailable(await getUsage(made.apiKey));
});

describe('the gateway responses of the template', () => {
  /** Every type of API Gateway, with what the product makes of it. */
  const expected: Record<string, [status: number, type: string]> = {
    ACCESS_DENIED: [403, 'access-denied'],
    API_CONFIGURATION_ERROR: [500, 'internal-error'],
    AUTHORIZER_CONFIGURATION_ERROR: [503, 'service-unavailable'],
    AUTHORIZER_FAILURE: [503, 'service-unavailable'],
    BAD_REQUEST_BODY: [400, 'bad-request'],
    BAD_REQUEST_PARAMETERS: [400, 'bad-request'],
    EXPIRED_TOKEN: [403, 'access-denied'],
    INTEGRATION_FAILURE: [502, 'internal-error'],
    INTEGRATION_TIMEOUT: [504, 'timeout'],
    INVALID_API_KEY: [503, 'key-not-ready'],
    INVALID_SIGNATURE: [403, 'access-denied'],
    MISSING_AUTHENTICATION_TOKEN: [404, 'not-found'],
    QUOTA_EXCEEDED: [429, quotaExceeded],
    REQUEST_TOO_LARGE: [413, 'request-too-large'],
    RESOURCE_NOT_FOUND: [404, 'not-found'],
    THROTTLED: [429, quotaExceeded],
    UNAUTHORIZED: [401, 'unauthorized'],
    UNSUPPORTED_MEDIA_TYPE: [415, 'unsupported-media-type'],
    WAF_FILTERED: [403, 'access-denied'],
    DEFAULT_4XX: [400, 'bad-request'],
    DEFAULT_5XX: [500, 'internal-error'],
  };

  function responses(): Record<string, Record<string, unknown>> {
    return Object.fromEntries(
      stack.template
        .byType('AWS::ApiGateway::GatewayResponse')
        .map(({ properties }) => [String(properties['ResponseType']), properties]),
    );
  }

  test('are all 19 specific types and both defaults', () => {
    expect(Object.keys(expected)).toHaveLength(21);
    expect(Object.keys(responses()).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  test.each(Object.entries(expected))('%s is the problem of its type and status', (name, [status, type]) => {
    const { StatusCode, ResponseTemplates, ResponseParameters } = responses()[name] ?? {};
    const templates = ResponseTemplates as Record<string, string>;
    const headers = ResponseParameters as Record<string, string>;
    // One template: API Gateway would choose among several by what the client accepts.
    expect(Object.keys(templates)).toEqual(['application/json']);
    const body = JSON.parse(templates['application/json'] ?? '') as Record<string, unknown>;
    expect(StatusCode).toBe(String(status));
    expect(body).toMatchObject({
      type: type.startsWith('https://') ? type : `https://docs.aiweedcompany.com/problems/${type}`,
      title: expect.stringMatching(/\w/),
      status,
      // The authorizer of sign-ins says what can be done about a denial.
      detail: expect.stringMatching(
        name === 'ACCESS_DENIED' ? /\w.*\. \$context\.authorizer\.hint$/ : /\w.*\.$/,
      ),
      requestId: '$context.requestId',
      support: 'support@aiweedcompany.com',
    });
    // API Gateway substitutes variables wherever it sees one: there must be no other.
    const variables = templates['application/json']?.match(/\$[\w.]+/g) ?? [];
    expect(variables.filter((variable) => variable !== '$context.authorizer.hint')).toEqual([
      '$context.requestId',
    ]);
    expect(headers).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      'gatewayresponse.header.Access-Control-Expose-Headers':
        "'RateLimit, RateLimit-Policy, Retry-After, x-amzn-RequestId'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
    });
    if (status === 503 || status === 429)
      expect(headers).toHaveProperty(['gatewayresponse.header.Retry-After']);
  });

  test('tell the limits where the quota is used up, and no limits where the rate is exceeded', () => {
    const { QUOTA_EXCEEDED, THROTTLED } = responses();
    expect(QUOTA_EXCEEDED?.['ResponseParameters']).toMatchObject({
      'gatewayresponse.header.Retry-After': 'context.authorizer.secondsToReset',
      'gatewayresponse.header.RateLimit': 'context.authorizer.rateLimitExhausted',
      'gatewayresponse.header.RateLimit-Policy': 'context.authorizer.rateLimitPolicy',
    });
    expect(Object.keys(THROTTLED?.['ResponseParameters'] ?? {}).join()).not.toMatch(/header\.RateLimit/);
    expect(THROTTLED?.['ResponseParameters']).toMatchObject({ 'gatewayresponse.header.Retry-After': "'1'" });
  });
});
