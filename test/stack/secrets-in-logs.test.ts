import { randomBytes } from 'node:crypto';
import { paginateGetApiKeys } from '@aws-sdk/client-api-gateway';
import { generateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatKey, generateSecret } from '../../functions/keys/rules/key-format.ts';
import { addressOf, deliveryOf, tokenIn } from './delivery-support.ts';
import {
  apiGatewayClient,
  changeKeyItem,
  functionLog,
  keyItem,
  type MadeKey,
  makeKey,
  pepperSecret,
  readClaimSecret,
  requestIdOf,
  setUsed,
} from './request-path-support.ts';
import { runAccounts } from './secrets-in-logs-accounts.ts';
import { ManagementError, startTestStack, type TestStack } from './test-stack.ts';

/** A run through everything that has to do with a secret, after which all logs are searched for every one of them. */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ payments: true });
});
afterAll(() => stack.close());

/** Functions that leave no line of their own: what they did stands on record. */
const silent = ['report-usage', 'show-openapi', 'store-claim', 'renew-claim', 'dispute-claim'];

/** What came to light on the way of secrets to their owners. */
interface Revealed {
  readonly apiKeys: string[];
  /** Tokens of links, each with its MAC alone, and what browsers read again by. */
  readonly others: string[];
}

/** Mails, links used well and ill, whatever becomes of mails, a sweep that rotates, and what fails on the way. */
async function runDeliveries(): Promise<Revealed> {
  const delivery = deliveryOf(stack);
  const apiKeys: string[] = [];
  const others: string[] = [];
  const generated = async (mailbox: string) => {
    const email = addressOf(mailbox);
    const made = await delivery.generate({ email, reason: 'for its logs' });
    apiKeys.push(made.apiKey);
    await delivery.settle();
    return { ...made, email };
  };
  const newNonce = () => {
    const nonce = randomBytes(24).toString('hex');
    others.push(nonce);
    return nonce;
  };
  const linkTo = async (email: string) => {
    const token = tokenIn(await delivery.lastMail(email, /API key/));
    others.push(token, token.slice(-43));
    return token;
  };
  const claimed = async (token: string) => {
    const answer = await delivery.claim(token, newNonce());
    expect(answer.status).toBe(200);
    apiKeys.push(answer.body.apiKey);
  };
  const post = (path: string, body: unknown) =>
    stack.request(
      'POST',
      path,
      { 'Content-Type': 'application/json' },
      typeof body === 'string' ? body : JSON.stringify(body),
    );

  // Tokens that are none, and right ones where none belongs.
  const owned = await generated('links');
  const first = await linkTo(owned.email);
  for (const path of ['/claims', '/claims/stored', '/claims/renew', '/claims/dispute']) {
    const nonce = path === '/claims' || path === '/claims/stored' ? { nonce: newNonce() } : {};
    for (const body of [
      { token: `${first}x`, ...nonce },
      { token: first.slice(1), ...nonce },
      { token: `${first.slice(0, -1)}${first.endsWith('A') ? 'B' : 'A'}`, ...nonce },
      { token: owned.apiKey, ...nonce },
      { token: [first], ...nonce },
      { token: first, nonce: `${first} ${owned.apiKey}` },
      { token: first, [first]: owned.apiKey, ...nonce },
      first,
      `{"token":"${first}`,
    ]) {
      expect((await post(path, body)).status).toBe(400);
    }
    await post(`${path}/${first}?token=${first}`, { token: first });
  }
  expect((await stack.request('GET', `/claim?token=${first}`)).status).toBe(302);
  await stack.request('GET', `/claim/${first}`, { 'X-API-Key': first, Cookie: `token=${first}` });

  // A link used, used again by somebody else, renewed, disputed.
  await claimed(first);
  expect((await delivery.claim(first, newNonce())).status).toBe(410);
  expect((await delivery.stored(first, newNonce())).status).toBe(202);
  expect((await delivery.renew(first)).status).toBe(202);
  await delivery.settle();
  expect((await delivery.dispute(first)).status).toBe(202);
  await delivery.settle();
  const second = await linkTo(owned.email);
  expect(second).not.toBe(first);
  await claimed(second);

  // A mail that comes back, one that is called spam, an owner who moves, one to whom keys are encrypted.
  const bouncing = await generated('bounce');
  await generated('complaint');
  await delivery.update({ subscriptionId: bouncing.subscriptionId, email: addressOf('moved') });
  const { publicKey } = await generateKey({ userIDs: [{ name: 'Ada' }], format: 'armored' });
  await delivery.update({ subscriptionId: owned.subscriptionId, openPgpKey: publicKey });
  apiKeys.push((await delivery.rotate({ keyId: owned.keyId, reason: 'for its logs' })).apiKey);
  await delivery.settle();
  for (const field of ['email', 'name', 'openPgpKey', 'reason', 'requestedBy', 'subscriptionId']) {
    const payload = { subscriptionId: owned.subscriptionId, [field]: { [first]: owned.apiKey } };
    await expect(delivery.update(payload)).rejects.toBeInstanceOf(ManagementError);
  }

  // The sweep finds a key that is due, and one that it cannot deal with.
  const due = await generated('due');
  const spoilt = await generated('spoilt');
  const past = new Date(stack.clock.now() - 1_000).toISOString();
  const overdue = { rotateAt: past, noticedFor: past, nextAction: 'rotate', nextActionAt: past };
  await changeKeyItem(stack, due.keyId, overdue);
  await changeKeyItem(stack, spoilt.keyId, { ...overdue, tier: spoilt.apiKey.slice(-30) });
  expect(await delivery.sweep()).toMatchObject({ failed: 1, steps: { rotate: 1 } });
  await claimed(await linkTo(due.email));

  // What KMS cannot open.
  const unreadable = await generated('unreadable');
  const token = await linkTo(unreadable.email);
  const { handover } = await delivery.item(unreadable.keyId);
  const ciphertext = Buffer.from(unreadable.apiKey).toString('base64');
  await changeKeyItem(stack, unreadable.keyId, { handover: { ...handover, ciphertext } });
  expect((await delivery.claim(token, newNonce())).status).toBeGreaterThanOrEqual(500);
  return { apiKeys, others };
}

test('after a run through every function and every failure, no log holds a key, a secret, a pepper, a usage key or a link', async () => {
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
  const revealed = await runDeliveries();
  for (const apiKey of revealed.apiKeys) see(apiKey);
  const ofAccounts = await runAccounts(stack);
  for (const apiKey of ofAccounts.apiKeys) see(apiKey);
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
  // Of owners: six that were made, one for a dispute, one rotated by an admin, one by the sweep. Claimed, they are the same.
  expect(seen.size).toBe(5 + 6 + 3 + 3);
  const secrets = [
    ...[...seen].flatMap((apiKey) => [apiKey, apiKey.slice(-49, -6), apiKey.slice(-49)]),
    ...Object.entries(peppers).flatMap(([name, value]) => (name === 'current' ? [] : [value])),
    ...usageKeys,
    ...revealed.others,
    ...ofAccounts.others,
    await readClaimSecret(stack),
  ];
  for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(20);

  await vi.waitFor(async () => {
    const lines = await functionLog(stack, 'authorize-request');
    expect(lines.some(({ apiRequestId }) => apiRequestId === requestIdOf(last))).toBe(true);
  });
  for (const name of Object.keys(stack.functions).filter((short) => !silent.includes(short))) {
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
  // Every function, one after the other, each with its cold start.
}, 150_000);

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
