import { request as httpRequest } from 'node:http';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatKey, generateKeyId, generateSecret } from '../../functions/keys/rules/key-format.ts';
import {
  changeKeyItem,
  expectProblem,
  expectUnavailable,
  functionLog,
  keyItem,
  logOf,
  type MadeKey,
  makeKey,
  metricSum,
  requestIdOf,
  tableOf,
  usageItem,
} from './request-path-support.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

/** Every way in which a key is not let in, over HTTP. */

let stack: TestStack;
let key: MadeKey;
beforeAll(async () => {
  stack = await startTestStack();
  key = await makeKey(stack);
});
afterAll(() => stack.close());

/** Every refused answer of this file: a caller must not be able to tell one reason from another. */
const refusals = new Map<string, HttpAnswer>();

function expectRefused(what: string, answer: HttpAnswer): void {
  expectProblem(answer, 401, 'unauthorized', 'API key or sign-in missing or not valid');
  expect(answer.headers.get('ratelimit')).toBeNull();
  refusals.set(what, answer);
}

/** Refused, logged with the reason and no more of the key than its first ten characters, and counted by reason. */
async function expectRefusedFor(reason: string, apiKey: string, what = reason): Promise<void> {
  const before = await metricSum(stack, 'authorize-request', 'AuthorizerRefusals', { reason });
  const answer = await stack.evaluate(apiKey);
  expectRefused(what, answer);
  const line = await logOf(stack, 'authorize-request', answer);
  expect(line).toMatchObject({
    level: 'WARN',
    message: 'refused',
    reason,
    // What does not begin as a key may be somebody's password.
    key: /^[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_/.test(apiKey) ? `${apiKey.slice(0, 10)}...` : '...',
  });
  // Whose key was named, where there is such a key.
  const isKnown = reason !== 'malformed' && reason !== 'unknown-key';
  expect(line['keyId']).toBe(isKnown ? apiKey.split('_')[1] : undefined);
  await vi.waitFor(async () => {
    expect(await metricSum(stack, 'authorize-request', 'AuthorizerRefusals', { reason })).toBe(before + 1);
  });
}

function manage(act: string, payload: Record<string, unknown>) {
  return stack.manage<{ apiKey: string }>(act, { ...payload, requestedBy: 'an admin' });
}

/** Sends header lines as they are: `fetch` would join two of one name. */
function evaluateRaw(headers: readonly string[]): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const body = '{"category":"FINANCIAL"}';
  const lines = [
    'Host',
    new URL(stack.apiUrl).host,
    'Content-Length',
    String(body.length),
    'Connection',
    'close',
  ];
  const sent = httpRequest(`${stack.apiUrl}/decisions/evaluate`, {
    method: 'POST',
    headers: [...lines, ...headers],
  });
  sent.on('error', reject);
  sent.on('response', async (response) => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    resolve({
      status: response.statusCode ?? 0,
      headers: new Headers(pairs),
      text,
      body: JSON.parse(text),
    });
  });
  sent.end(body);
  return promise;
}

test('the key works before anything is done to it, in a header of any case', async () => {
  expect((await stack.evaluate(key.apiKey)).status).toBe(200);
  expect((await evaluateRaw(['x-api-KEY', key.apiKey])).status).toBe(200);
});

test('a request without a key, or with an empty one, is refused', async () => {
  expectRefused('no key', await stack.evaluate(undefined));
  expectRefused('an empty key', await stack.evaluate(''));
});

test.each([
  ['a word', () => 'letmein-letmein'],
  ['a key cut short', () => key.apiKey.slice(0, -1)],
  ['a key with something after it', () => `${key.apiKey}0`],
  ['a key in quotes', () => `"${key.apiKey}"`],
  ['a key with its secret in another case', () => swapCase(key.apiKey)],
  ['a key with one character of its secret mistyped', () => mistyped(key.apiKey)],
  ['a key under another prefix', () => key.apiKey.replace(/^user/, 'admin')],
  ['Bearer and a key', () => `Bearer ${key.apiKey}`],
  ['ten thousand characters', () => 'k'.repeat(10_000)],
])('%s is refused as malformed', async (what, made) => {
  await expectRefusedFor('malformed', made(), what);
});

test('a well-formed key of an unknown id is refused', async () => {
  const apiKey = formatKey({ prefix: 'user', keyId: generateKeyId(), secret: generateSecret() });
  await expectRefusedFor('unknown-key', apiKey);
});

test('a right id with a wrong secret and a valid checksum is refused', async () => {
  const apiKey = formatKey({ prefix: 'user', keyId: key.keyId, secret: generateSecret() });
  await expectRefusedFor('wrong-secret', apiKey);
});

test('a right id and a right secret under another prefix, with a valid checksum, are refused', async () => {
  const secret = key.apiKey.slice(-49, -6);
  const apiKey = formatKey({ prefix: 'root', keyId: key.keyId, secret });
  await expectRefusedFor('wrong-secret', apiKey, 'another prefix');
});

test('the secret of one key does not open another', async () => {
  const other = await makeKey(stack);
  const apiKey = formatKey({ prefix: 'user', keyId: other.keyId, secret: key.apiKey.slice(-49, -6) });
  await expectRefusedFor('wrong-secret', apiKey, "another key's secret");
});

test.each([
  ['the key twice', () => [key.apiKey, key.apiKey]],
  ['the key and then garbage', () => [key.apiKey, 'garbage']],
  ['garbage and then the key', () => ['garbage', key.apiKey]],
])('two X-API-Key headers are refused: %s', async (what, values) => {
  const answer = await evaluateRaw(values().flatMap((value) => ['X-API-Key', value]));
  expectRefused(what, answer);
  expect(await logOf(stack, 'authorize-request', answer)).toMatchObject({ reason: 'malformed', key: '...' });
});

test('a key in the query string or in another header lets nobody in', async () => {
  const query = `?X-API-Key=${key.apiKey}&x-api-key=${key.apiKey}&apiKey=${key.apiKey}`;
  expectRefused('a key in the query', await stack.evaluate(undefined, undefined, query));
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key.apiKey}` };
  expectRefused(
    'a key as bearer token',
    await stack.request('POST', '/decisions/evaluate', headers, '{"category":"FINANCIAL"}'),
  );
});

test('a query string with another key has no say beside the header', async () => {
  expect((await stack.evaluate(key.apiKey, undefined, '?X-API-Key=garbage')).status).toBe(200);
});

test('after a rotation without grace the very next request with the old secret is refused', async () => {
  const made = await makeKey(stack);
  const { apiKey } = await manage('rotate-key', { keyId: made.keyId });
  await expectRefusedFor('retired-secret', made.apiKey);
  expect((await stack.evaluate(apiKey)).status).toBe(200);
});

test('a secret whose time is up is refused though no sweep has taken it out of the item', async () => {
  const made = await makeKey(stack);
  await manage('rotate-key', { keyId: made.keyId, graceHours: 24 });
  expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  const { secrets } = await keyItem(stack, made.keyId);
  const retiresAt = new Date(stack.clock.now()).toISOString();
  const expired = (secrets as object[]).map((secret) =>
    'retiresAt' in secret ? { ...secret, retiresAt } : secret,
  );
  await changeKeyItem(stack, made.keyId, { secrets: expired });
  await expectRefusedFor('retired-secret', made.apiKey, 'a secret that retired by the clock');
});

test('a revoked key is refused on the very next request', async () => {
  const made = await makeKey(stack);
  expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  await manage('revoke-key', { keyId: made.keyId });
  await expectRefusedFor('revoked', made.apiKey);
});

test('a key that is marked as revoked is refused even if its secrets were left in the item', async () => {
  const made = await makeKey(stack);
  await changeKeyItem(stack, made.keyId, { revokedAt: new Date(stack.clock.now()).toISOString() });
  await expectRefusedFor('revoked', made.apiKey, 'revoked with secrets left');
});

test.each(['admin', 'owner', 'payment', 'anomaly'])(
  'a key suspended for cause %s is refused until that is lifted',
  async (cause) => {
    const made = await makeKey(stack);
    const at = new Date(stack.clock.now()).toISOString();
    await changeKeyItem(stack, made.keyId, { suspensions: { [cause]: { at, by: 'a test' } } });
    await expectRefusedFor('suspended', made.apiKey, `suspended: ${cause}`);
    await changeKeyItem(stack, made.keyId, { suspensions: {} });
    expect((await stack.evaluate(made.apiKey)).status).toBe(200);
  },
);

test('who does not have the secret does not learn that a key is suspended or revoked', async () => {
  const made = await makeKey(stack);
  const guess = formatKey({ prefix: 'user', keyId: made.keyId, secret: generateSecret() });
  const at = new Date(stack.clock.now()).toISOString();
  await changeKeyItem(stack, made.keyId, { suspensions: { admin: { at, by: 'a test' } } });
  await expectRefusedFor('wrong-secret', guess, 'a guess at a suspended key');
  await manage('revoke-key', { keyId: made.keyId });
  await expectRefusedFor('wrong-secret', guess, 'a guess at a revoked key');
});

test('no refusal tells its reason: all answers are the same but for the request id', () => {
  expect(refusals.size).toBeGreaterThan(25);
  const [first, ...others] = [...refusals].map(([what, { text, headers, body }]) => ({
    what,
    text: text.replace(String(body.requestId), '<request id>'),
    headers: [...headers]
      .filter(([name]) => !/^(date|connection|keep-alive|x-amzn-requestid|x-amz-apigw-id)$/.test(name))
      .map(([name, value]) => `${name}: ${value}`)
      .toSorted(),
  }));
  for (const other of others) expect(other).toEqual({ ...first, what: other.what });
});

test('refused requests count against nobody', async () => {
  const made = await makeKey(stack);
  const guess = formatKey({ prefix: 'user', keyId: made.keyId, secret: generateSecret() });
  await stack.evaluate(guess);
  await stack.evaluate(undefined);
  expect(await usageItem(stack, made.subscriptionId)).toEqual({});
  expect((await stack.evaluate(made.apiKey)).headers.get('ratelimit')).toMatch(/r=9999;/);
});

test.each<[string, (item: Record<string, unknown>) => Record<string, unknown>]>([
  ['an unknown pepper', ({ secrets }) => ({ secrets: withPepper(secrets, 'v9') })],
  ['an unknown tier', () => ({ tier: 'platinum' })],
  ['no suspensions field', () => ({ suspensions: undefined })],
  ['no secrets field', () => ({ secrets: undefined })],
])('an item with %s is our fault: 503, counted, and never accepted', async (_, damage) => {
  const made = await makeKey(stack);
  const before = await metricSum(stack, 'authorize-request', 'AuthorizerFailures');
  await replaceKeyItem(made.keyId, damage(await keyItem(stack, made.keyId)));
  const answer = await stack.evaluate(made.apiKey);
  expectUnavailable(answer);
  expect(await logOf(stack, 'authorize-request', answer)).toMatchObject({ level: 'ERROR' });
  await vi.waitFor(async () => {
    expect(await metricSum(stack, 'authorize-request', 'AuthorizerFailures')).toBe(before + 1);
  });
  expect(await usageItem(stack, made.subscriptionId)).toEqual({});
});

test('an old secret whose pepper is gone is refused like any other old secret', async () => {
  const made = await makeKey(stack);
  const { apiKey } = await manage('rotate-key', { keyId: made.keyId });
  const { retired } = await keyItem(stack, made.keyId);
  await changeKeyItem(stack, made.keyId, {
    retired: withPepper(retired, 'v0'),
  });
  await expectRefusedFor('wrong-secret', made.apiKey, 'an old secret of an old pepper');
  expect((await stack.evaluate(apiKey)).status).toBe(200);
});

test('the log of the authorizer holds no more of any key than its first ten characters', async () => {
  const lines = await functionLog(stack, 'authorize-request');
  const shown = lines.filter((line) => line['key'] !== undefined);
  expect(shown.length).toBeGreaterThan(25);
  for (const line of shown) expect(line['key']).toMatch(/^(.{10})?\.\.\.$/);
  // A stack names the bundle's folder, and that its hash.
  const told = JSON.stringify(lines).replaceAll(/asset\.[0-9a-f]{64}\/index\.mjs/g, 'index.mjs');
  expect(told).not.toMatch(/[0-9A-Za-z]{43}/);
});

test('the access log names the key by its id for an accepted request, and nothing for a refused one', async () => {
  const accepted = requestIdOf(await stack.evaluate(key.apiKey));
  const refused = requestIdOf(await stack.evaluate(mistyped(key.apiKey)));
  await vi.waitFor(async () => {
    const lines = await functionLog(stack, 'api-access');
    expect(lines.find(({ requestId }) => requestId === accepted)).toMatchObject({
      status: '200',
      keyId: key.keyId,
      secretVersion: '1',
      subscriptionId: key.subscriptionId,
      tier: 'pro',
      resource: '/decisions/evaluate',
    });
    expect(lines.find(({ requestId }) => requestId === refused)).toMatchObject({
      status: '401',
      responseType: 'UNAUTHORIZED',
      keyId: '-',
      subscriptionId: '-',
    });
  });
});

/** Writes the item with these fields, undefined ones left out. */
async function replaceKeyItem(keyId: string, changes: Record<string, unknown>): Promise<void> {
  const item = { ...(await keyItem(stack, keyId)), ...changes };
  await stack.dynamodb.send(
    new PutCommand({
      TableName: tableOf(stack, 'Keys'),
      Item: Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)),
    }),
  );
}

function withPepper(secrets: unknown, pepper: string): object[] {
  return (secrets as object[]).map((secret) => ({ ...secret, pepper }));
}

function mistyped(apiKey: string): string {
  const at = apiKey.length - 20;
  return apiKey.slice(0, at) + (apiKey[at] === 'a' ? 'b' : 'a') + apiKey.slice(at + 1);
}

function swapCase(apiKey: string): string {
  const secret = apiKey.slice(-49);
  const swapped = secret.replace(/[A-Za-z]/g, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  );
  return apiKey.slice(0, -49) + swapped;
}
