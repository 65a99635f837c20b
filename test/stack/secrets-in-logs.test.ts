import { paginateGetApiKeys } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatKey, generateSecret } from '../../functions/keys/rules/key-format.ts';
import {
  apiGatewayClient,
  changeKeyItem,
  functionLog,
  keyItem,
  type MadeKey,
  makeKey,
  pepperSecret,
  requestIdOf,
  setUsed,
} from './request-path-support.ts';
import { ManagementError, startTestStack, type TestStack } from './test-stack.ts';

/** A run through everything that has to do with a secret, after which all logs are searched for every one of them. */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('after a run through every function and every failure, no log holds a key, a secret, a pepper or a usage key', async () => {
  const pepper = pepperSecret(stack);
  const peppers = await pepper.read();
  const seen = new Set<string>();
  const see = (apiKey: string) => {
    seen.add(apiKey);
    return apiKey;
  };
  const requestedBy = 'an admin';

  // Before the authorizer has read its pepper, the secret is broken in ways of which a parser would quote a part.
  const made = await makeKey(stack);
  see(made.apiKey);
  for (const broken of [`{"current":"v1","v1":"${peppers['v1']}`, `${peppers['v1']}`, `"${peppers['v1']}"`]) {
    await pepper.write(broken);
    expect((await stack.evaluate(made.apiKey)).status).toBe(503);
  }
  await pepper.write(JSON.stringify(peppers));

  // The life of keys.
  const named = await stack.manage<MadeKey>('generate-key', {
    tier: 'free',
    email: 'logs@example.com',
    name: 'laptop',
    idempotencyKey: 'once',
    requestedBy,
  });
  see(named.apiKey);
  expect((await stack.evaluate(named.apiKey)).status).toBe(200);
  const rotate = { keyId: named.keyId, graceHours: 1, idempotencyKey: 'twice', requestedBy };
  const rotated = await stack.manage<MadeKey>('rotate-key', rotate);
  expect((await stack.manage<MadeKey>('rotate-key', rotate)).apiKey).toBe(see(rotated.apiKey));
  await stack.manage('get-key', { apiKey: named.apiKey });
  await stack.manage('get-key', { keyId: named.keyId });
  await stack.manage('get-usage', { subscriptionId: named.subscriptionId });
  await stack.request('GET', '/usage', { 'X-API-Key': rotated.apiKey });
  const medium = { category: 'FINANCIAL', amount: 5_000, description: rotated.apiKey };
  expect((await stack.evaluate(rotated.apiKey, medium, `?explain=true&key=${rotated.apiKey}`)).status).toBe(
    200,
  );

  // Keys where none belongs.
  const misused: [string, Record<string, unknown>][] = [
    ['get-key', { keyId: named.apiKey }],
    ['get-key', { apiKey: `${named.apiKey}0` }],
    ['get-key', { apiKey: see(formatKey({ prefix: 'user', keyId: named.keyId, secret: generateSecret() })) }],
    ['get-key', { [named.apiKey]: true }],
    ['get-key', { [named.apiKey.slice(5)]: true }],
    ['get-key', { [named.apiKey.slice(-49)]: true }],
    ['get-usage', { subscriptionId: named.apiKey, period: named.apiKey }],
    ['rotate-key', { keyId: named.apiKey, requestedBy, graceHours: named.apiKey }],
    ['revoke-key', { keyId: named.apiKey, requestedBy }],
    ['generate-key', { tier: named.apiKey, email: named.apiKey, prefix: named.apiKey, requestedBy }],
    ['generate-key', { tier: 'free', email: 'logs@example.com', subscriptionId: named.apiKey, requestedBy }],
  ];
  for (const [act, payload] of misused) {
    const failure: unknown = await stack.manage(act, payload).catch((error: unknown) => error);
    expect(failure, `${act} ${Object.keys(payload).length}`).toBeInstanceOf(ManagementError);
    expect(String(failure)).not.toContain(named.apiKey.slice(-49, -6));
  }
  for (const wrong of [
    `${named.apiKey}0`,
    ` ${named.apiKey}`,
    named.apiKey.slice(1),
    named.apiKey.slice(0, -1),
  ]) {
    await stack.evaluate(wrong);
  }
  await stack.evaluate(undefined, undefined, `?X-API-Key=${named.apiKey}`);
  await stack.evaluate(rotated.apiKey, `"${rotated.apiKey}`);
  await stack.evaluate(rotated.apiKey, { category: rotated.apiKey, [rotated.apiKey]: rotated.apiKey });
  await stack.request('GET', `/usage/${named.apiKey}`, { Authorization: named.apiKey, Cookie: named.apiKey });
  await stack.request('OPTIONS', `/usage?key=${named.apiKey}`);

  // Every way in which a right key is turned away.
  const stray = await makeKey(stack);
  const { usageKey } = await keyItem(stack, see(stray.apiKey) && stray.keyId);
  await changeKeyItem(stack, stray.keyId, { tier: 'platinum' });
  expect((await stack.evaluate(stray.apiKey)).status).toBe(503);
  await changeKeyItem(stack, stray.keyId, { tier: 'pro', secrets: 'nonsense' });
  expect((await stack.evaluate(stray.apiKey)).status).toBe(503);
  await setUsed(stack, made.subscriptionId, 10_000);
  expect((await stack.evaluate(made.apiKey)).status).toBe(429);
  for (const [name, payload] of [
    ['suspend-key', { keyId: named.keyId, requestedBy }],
    ['resume-key', { keyId: named.keyId, requestedBy }],
    ['change-tier', { subscriptionId: made.subscriptionId, tier: 'enterprise', requestedBy }],
    ['rotate-pepper', { requestedBy }],
    ['list-keys', { subscriptionId: made.subscriptionId }],
    ['get-subscription', { subscriptionId: made.subscriptionId }],
    ['get-pepper-usage', {}],
    ['query-audit', { keyId: named.keyId }],
    ['verify-audit', { subject: 'platform' }],
  ] as const) {
    await stack.manage(name, payload);
  }
  await stack.manage('revoke-key', { keyId: named.keyId, requestedBy });
  const last = await stack.evaluate(rotated.apiKey);
  expect(last.status).toBe(401);

  const usageKeys: string[] = [];
  for await (const { items } of paginateGetApiKeys(
    { client: apiGatewayClient(stack) },
    { includeValues: true },
  )) {
    usageKeys.push(...(items ?? []).map(({ value = '' }) => value));
  }
  expect(usageKeys).toContain(usageKey);
  expect(seen.size).toBe(5);
  const secrets = [
    ...[...seen].flatMap((apiKey) => [apiKey, apiKey.slice(-49, -6), apiKey.slice(-49)]),
    ...Object.entries(peppers).flatMap(([name, value]) => (name === 'current' ? [] : [value])),
    ...usageKeys,
  ];
  for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(20);

  await vi.waitFor(async () => {
    const lines = await functionLog(stack, 'authorize-request');
    expect(lines.some(({ apiRequestId }) => apiRequestId === requestIdOf(last))).toBe(true);
  });
  // Telling the usage is the one act that leaves no line of its own.
  for (const name of Object.keys(stack.functions).filter((short) => short !== 'report-usage')) {
    expect(await functionLog(stack, name), `${name} has logged`).not.toEqual([]);
  }
  const logs = await stack.logs();
  // A part of a secret is as bad as the whole, so each is looked for by its first half, too.
  const found = secrets.filter(
    (secret) => logs.includes(secret) || logs.includes(secret.slice(0, secret.length / 2)),
  );
  const lines = logs.split('\n').filter((line) => found.some((secret) => line.includes(secret.slice(0, 20))));
  expect(lines.map((line) => line.slice(0, 60))).toEqual([]);
  expect(found.length).toBe(0);
});

test('logs hold what support needs: request ids, key ids, and keys by their first ten characters', async () => {
  const made = await makeKey(stack);
  const accepted = await stack.evaluate(made.apiKey);
  const refused = await stack.evaluate(`${made.apiKey}0`);
  await vi.waitFor(async () => {
    const logs = await stack.logs();
    for (const answer of [accepted, refused]) expect(logs).toContain(requestIdOf(answer));
    expect(logs).toContain(`"keyId":"${made.keyId}"`);
    expect(logs).toContain(`"key":"${made.apiKey.slice(0, 10)}..."`);
  });
});
