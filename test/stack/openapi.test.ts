import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleAlertId } from '../../functions/accounts/field-examples.ts';
import { lintOpenApi } from '../../scripts/lint-openapi.ts';
import { expectAnswerConforms } from '../openapi/conforms.ts';
import { operations } from '../openapi/described.ts';
import { openAlert } from './alerts-support.ts';
import { deliveryOf, type TestDelivery, tokenIn } from './delivery-support.ts';
import { type MadeKey, makeKey, newAddress, setUsed } from './request-path-support.ts';
import { signUp } from './sign-in.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

/** The description of the API, as a stack serves it, and the answers that it promises, as a stack gives them. */

let stack: TestStack;
let delivery: TestDelivery;
let key: MadeKey;
beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  delivery = deliveryOf(stack);
  key = await makeKey(stack, 'pro');
});
afterAll(() => stack.close());

const usage = (apiKey?: string) =>
  stack.request('GET', '/usage', apiKey === undefined ? {} : { 'X-API-Key': apiKey });

/** The answer has that status and is what the description says of it. */
function expectDescribed(operation: string, answer: HttpAnswer, status: number): void {
  expect(answer.status, answer.text).toBe(status);
  const [method = '', path = ''] = operation.split(' ');
  expectAnswerConforms(method, path, answer);
}

const evaluate = 'POST /decisions/evaluate';

describe('answers are as described', () => {
  test('a decision, plain and explained', async () => {
    expectDescribed(evaluate, await stack.evaluate(key.apiKey), 200);
    const explained = await stack.evaluate(key.apiKey, { category: 'RND', amount: 20_000 }, '?explain=true');
    expectDescribed(evaluate, explained, 200);
    expect(explained.body.policy_row).toMatchObject({ row: 3 });
  });

  test('a decision that is refused: faults, no key, a wrong address, too large a body, the month used up', async () => {
    expectDescribed(evaluate, await stack.evaluate(key.apiKey, { amount: -1 }, '?explain=yes'), 400);
    expectDescribed(evaluate, await stack.evaluate(undefined), 401);
    expectDescribed(evaluate, await stack.request('DELETE', '/decisions/evaluate'), 404);
    expectDescribed(evaluate, await stack.evaluate(key.apiKey, 'x'.repeat(10 * 1024 * 1024 + 1)), 413);
    const spent = await makeKey(stack, 'pro');
    await setUsed(stack, spent.subscriptionId, 10_000);
    expectDescribed(evaluate, await stack.evaluate(spent.apiKey), 429);
  });

  test('more requests at once than the tier allows', async () => {
    const slow = await makeKey(stack, 'free');
    await setUsed(stack, slow.subscriptionId, 99);
    const answers = await Promise.all(Array.from({ length: 110 }, () => stack.evaluate(slow.apiKey)));
    for (const answer of answers) expectAnswerConforms('POST', '/decisions/evaluate', answer);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('usage, with a key and without', async () => {
    expectDescribed('GET /usage', await usage(key.apiKey), 200);
    expectDescribed('GET /usage', await usage(), 401);
  });

  test('health, asked well and asked badly', async () => {
    expectDescribed('GET /health', await stack.request('GET', '/health'), 200);
    expectDescribed(
      'GET /health',
      await stack.request('GET', '/health', { 'Content-Type': 'text/plain' }),
      415,
    );
  });

  test('where claim links led once, and all that a link can be told', async () => {
    expectDescribed('GET /claim', await stack.request('GET', '/claim'), 302);
    const email = newAddress();
    await delivery.generate({ email });
    await delivery.settle();
    const token = tokenIn(await delivery.lastMail(email, /API key$/));
    expectDescribed('POST /claims', await delivery.claim('', ''), 400);
    expectDescribed('POST /claims', await delivery.claim(`${token}x`, 'me'), 400);
    expectDescribed('POST /claims', await delivery.claim(token, 'me'), 200);
    expectDescribed('POST /claims', await delivery.claim(token, 'somebody else'), 410);
    expectDescribed('POST /claims/stored', await delivery.stored(token, 'me'), 202);
    expectDescribed('POST /claims/stored', await delivery.stored('none', 'me'), 400);
    expectDescribed('POST /claims/renew', await delivery.renew(token), 202);
    expectDescribed('POST /claims/renew', await delivery.renew('none'), 400);
    expectDescribed('POST /claims/dispute', await delivery.dispute(token), 202);
    expectDescribed('POST /claims/dispute', await delivery.dispute('none'), 400);
  });
});

describe('answers of the account are as described', () => {
  const json = { 'Content-Type': 'application/json' };
  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    stack.request(
      method,
      path,
      { ...json, ...headers },
      body === undefined ? undefined : JSON.stringify(body),
    );

  test('to nobody: every route of every kind of caller refuses who does not say who it is', async () => {
    const isProtected = ({ operation }: (typeof operations)[number]) => '401' in operation.responses;
    expect(operations.filter(isProtected).length).toBeGreaterThan(10);
    for (const { method, path, name } of operations.filter(isProtected)) {
      expectDescribed(
        name,
        await call(method, path.replace('{keyId}', '0AbCdEfGhIjK').replace('{alertId}', exampleAlertId)),
        401,
      );
    }
  });

  test('to its owner: the account, its keys, their secrets, usage, record and export', async () => {
    const email = newAddress();
    const { idToken } = await signUp(stack, email);
    const bearer = { Authorization: `Bearer ${idToken}` };
    const own = async (operation: string, status: number, body?: unknown, query = '', id = '') => {
      const [method = '', path = ''] = operation.split(' ');
      const answer = await call(method, `${path.replace(/\{\w+\}/, id)}${query}`, bearer, body);
      expectDescribed(operation, answer, status);
      return answer;
    };
    await own('GET /account', 200);
    await own('GET /account', 400, undefined, '?colour=red');
    const made = await own('POST /account/keys', 201, { name: 'described' });
    await own('POST /account/keys', 400, { prefix: 'No prefix', colour: 'red' });
    const { keyId } = made.body;
    expectDescribed(evaluate, await stack.evaluate(made.body.apiKey), 200);
    await own('GET /account/keys', 200, undefined, '?limit=1');
    await own('GET /account/keys/{keyId}', 200, undefined, '', keyId);
    await own('GET /account/keys/{keyId}', 404, undefined, '', key.keyId);
    await own('POST /account/keys/{keyId}/rotate', 200, { graceHours: 1 }, '', keyId);
    await delivery.settle();
    await own('GET /account/keys/{keyId}', 200, undefined, '', keyId);
    await own('POST /account/keys/{keyId}/claim', 200, undefined, '', keyId);
    await own('POST /account/keys/{keyId}/claim', 409, undefined, '', keyId);
    const { subscriptionId } = made.body;
    const { alertId } = await openAlert(stack, { subscriptionId, keyId });
    await own('GET /account/alerts', 200, undefined, '?limit=1');
    await own('GET /account/alerts', 400, undefined, '?status=closed');
    await own('GET /account/alerts/{alertId}', 200, undefined, '', alertId);
    await own('GET /account/alerts/{alertId}', 404, undefined, '', exampleAlertId);
    await own('PUT /account/keys/{keyId}/suspension', 200, { suspended: true }, '', keyId);
    await own('PUT /account/keys/{keyId}/suspension', 200, { suspended: false }, '', keyId);
    await own('POST /account/alerts/{alertId}/answer', 200, { answer: 'rotate' }, '', alertId);
    await own('POST /account/alerts/{alertId}/answer', 200, { answer: 'expected' }, '', alertId);
    await own('POST /account/alerts/{alertId}/answer', 404, { answer: 'expected' }, '', exampleAlertId);
    const ofMonth = await openAlert(stack, { subscriptionId, kind: 'quota-forecast' });
    await own('POST /account/alerts/{alertId}/answer', 409, { answer: 'suspend' }, '', ofMonth.alertId);
    const { headers } = await own('GET /account/usage', 200);
    expect(headers.get('ratelimit')).toMatch(/^"month";r=99;/);
    const past = await own('GET /account/usage', 200, undefined, '?period=2020-01');
    expect(past.headers.get('ratelimit')).toBeNull();
    await own('GET /account/audit', 200, undefined, '?limit=1');
    await own('PUT /account/settings', 200, { name: 'Ada Lovelace', preferences: { mailNewKeys: false } });
    await own('PUT /account/settings', 400, { openPgpKey: 'none' });
    await own('GET /account/export', 200);
    await own('POST /account/portal', 409);
    await own('PUT /account/tier', 400, { tier: 'gold' });
    const chosen = await own('PUT /account/tier', 200, { tier: 'pro' });
    expect(chosen.body.outcome).toBe('payment-required');
    await own('GET /account', 200);
    await own('POST /account/portal', 200);
    const asked = await own('PUT /account/tier', 200, { tier: 'enterprise', note: 'We expect more.' });
    expect(asked.body.outcome).toBe('requested');
    await own('GET /account', 200);
    await own('DELETE /account/keys/{keyId}', 200, undefined, '', keyId);
    await own('PUT /account/keys/{keyId}/suspension', 409, { suspended: true }, '', keyId);
    await own('DELETE /account', 200);
    await own('GET /account', 403);
  });

  test('to Stripe, and to somebody who is not', async () => {
    const webhook = 'POST /webhooks/stripe';
    const payload = '{"id":"evt_0","object":"event","type":"plan.created"}';
    const secret = stack.stripe?.webhookSecret ?? '';
    const timestamp = Math.floor(stack.clock.now() / 1000);
    const genuine = await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
    const headers = { ...json, 'Stripe-Signature': genuine };
    expectDescribed(webhook, await stack.request('POST', '/webhooks/stripe', headers, payload), 200);
    const event = { id: 'evt_1', object: 'event', type: 'customer.deleted' };
    expectDescribed(webhook, await call('POST', '/webhooks/stripe', {}, event), 400);
    const signature = { 'Stripe-Signature': 't=1,v1=0' };
    expectDescribed(webhook, await call('POST', '/webhooks/stripe', signature, event), 400);
    expectDescribed(webhook, await call('POST', '/webhooks/stripe', {}, 'x'.repeat(600 * 1024)), 413);
  });
});

describe('GET /openapi.json', () => {
  const origin = { Origin: 'https://tools.example.com' };
  const get = (headers: Record<string, string> = {}) => stack.request('GET', '/openapi.json', headers);

  test('is open to everybody, describes itself, and is clean', async () => {
    const answer = await get();
    expectDescribed('GET /openapi.json', answer, 200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await lintOpenApi(answer.body)).toEqual([]);
  });

  test('tells the product of this stage and the address that it is served at', async () => {
    const { body } = await get();
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(body.info).toMatchObject({
      title: 'AI Decision Engine',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      contact: { email: 'support@aiweedcompany.com' },
    });
    expect(body.servers).toEqual([{ url: stack.apiUrl, description: expect.any(String) }]);
    const { status } = await fetch(`${body.servers[0].url}/health`);
    expect(status).toBe(200);
  });

  test('tells where people sign in', async () => {
    const { body } = await get();
    const { description } = body.components.securitySchemes.signIn;
    const address = /https?:\S+$/.exec(description)?.[0] ?? 'no address';
    expect(await (await fetch(address)).json()).toMatchObject({ issuer: stack.issuerUrl });
  });

  test('may be kept for a while, and is not sent again to whoever has it', async () => {
    const first = await get();
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    const etag = first.headers.get('etag') ?? '';
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get({ 'If-None-Match': condition });
      expectDescribed('GET /openapi.json', again, 304);
      expect([again.text, again.headers.get('etag')]).toEqual(['', etag]);
    }
    expectDescribed('GET /openapi.json', await get({ 'If-None-Match': '"other"' }), 200);
  });

  test('may be read by a page of any origin, with its ETag', async () => {
    const { headers } = await get(origin);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')).toMatch(/\bETag\b/);
    expect(headers.get('set-cookie')).toBeNull();
  });
});
