import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSubscriber, type Subscriber, subscriber } from './account-support.ts';
import { suspendFor } from './alert-support.ts';
import { deliveryOf, holdsLink, tokenIn } from './delivery-support.ts';
import { advance, keyItem, keysOf, minute } from './management-support.ts';
import { refresh, signIn } from './sign-in.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let ada: Subscriber;
let eve: Subscriber;

beforeAll(async () => {
  stack = await startTestStack();
  ada = await newSubscriber(stack, 'ada@example.com');
  eve = await newSubscriber(stack, 'eve@example.com');
});
afterAll(() => stack.close());

async function freshKey(): Promise<{ keyId: string; apiKey: string; subscriptionId: string }> {
  for (const { keyId } of (await ada.call('GET', '/account/keys')).body.keys) {
    await ada.call('DELETE', `/account/keys/${keyId}`);
  }
  return (await ada.call('POST', '/account/keys', {})).body;
}

describe('a lost answer is asked for again with the same Idempotency-Key', () => {
  test('a new key is made once, even by ten at once, and read back', async () => {
    const { subscriptionId } = await freshKey();
    const before = (await keysOf(stack, subscriptionId)).length;
    const headers = { 'Idempotency-Key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ada.call('POST', '/account/keys', { name: 'one' }, headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ body }) => body.apiKey)).size).toBe(1);
    expect(await keysOf(stack, subscriptionId)).toHaveLength(before + 1);
    expect((await stack.evaluate(answers[0]?.body.apiKey)).status).toBe(200);
    const other = await ada.call('POST', '/account/keys', { name: 'another' }, headers);
    expect(other.status).toBe(409);
    expect(other.body.detail).toContain('another request');
  });

  test('a rotation happens once, and is forgotten after ten minutes', async () => {
    const { keyId, apiKey } = await freshKey();
    const headers = { 'Idempotency-Key': randomUUID() };
    const rotate = () => ada.call('POST', `/account/keys/${keyId}/rotate`, { graceHours: 1 }, headers);
    const [first, second] = await Promise.all([rotate(), rotate()]);
    expect(second?.body).toEqual(first?.body);
    expect(first?.body).toMatchObject({ keyId, version: 2 });
    expect((await stack.evaluate(apiKey)).status).toBe(200);
    await advance(stack, 9 * minute);
    expect((await rotate()).body).toEqual(first?.body);
    await advance(stack, 2 * minute);
    ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
    expect((await rotate()).body.version).toBe(3);
  });

  test('another subscriber who guesses the key gets nothing of it', async () => {
    const headers = { 'Idempotency-Key': 'the-same-for-both' };
    const mine = await ada.call('POST', '/account/keys', {}, headers);
    const theirs = await eve.call('POST', '/account/keys', {}, headers);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.subscriptionId).not.toBe(mine.body.subscriptionId);
    expect(theirs.body.apiKey).not.toBe(mine.body.apiKey);
  });

  test('no table holds the key in clear meanwhile', async () => {
    const { keyId, apiKey } = await freshKey();
    expect(JSON.stringify(await keyItem(stack, keyId))).not.toContain(apiKey.slice(18));
  });

  test.each([['two words'], ['é'], ['x'.repeat(129)]])(
    '%s is no Idempotency-Key, and says so',
    async (key) => {
      const { status, body } = await ada.call(
        'POST',
        '/account/keys',
        {},
        { 'Idempotency-Key': Buffer.from(key).toString('latin1') },
      );
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: 'header.Idempotency-Key' }]);
    },
  );
});

describe('R18: a rotation on request', () => {
  test('ends the old secret at once, and sends the new one to its owner too', async () => {
    const { keyId, apiKey } = await freshKey();
    const { status, body } = await ada.call('POST', `/account/keys/${keyId}/rotate`);
    expect(status).toBe(200);
    expect((await stack.evaluate(apiKey)).status).toBe(401);
    expect((await stack.evaluate(body.apiKey)).status).toBe(200);
    await stack.streams.whenIdle();
    const mail = await deliveryOf(stack).lastMail(ada.email, /API key/);
    expect(holdsLink(mail)).toBe(true);
    expect(mail.body.text).toContain('You asked for a new API key');
    expect(JSON.stringify(mail)).not.toContain(body.apiKey.slice(18));
  });

  test('with a grace leaves the old secret its hours, and 169 are refused', async () => {
    const { keyId, apiKey } = await freshKey();
    const { body } = await ada.call('POST', `/account/keys/${keyId}/rotate`, { graceHours: 24 });
    expect((await stack.evaluate(apiKey)).status).toBe(200);
    expect(Date.parse(body.oldRetiresAt) - stack.clock.now()).toBeGreaterThan(23.9 * 60 * minute);
    const refused = await ada.call('POST', `/account/keys/${keyId}/rotate`, { graceHours: 169 });
    expect(refused.body.errors).toMatchObject([{ path: 'graceHours' }]);
  });

  test.each(['owner', 'anomaly'] as const)(
    'of a key that is suspended for %s lifts nothing: the new secret works once its owner lets it go on',
    async (cause) => {
      const { keyId, apiKey } = await freshKey();
      await suspendFor(stack, keyId, cause);
      const { body } = await ada.call('POST', `/account/keys/${keyId}/rotate`);
      expect((await ada.call('GET', `/account/keys/${keyId}`)).body).toMatchObject({
        status: 'suspended',
        suspensions: { [cause]: {} },
        versions: [{ version: 2 }],
      });
      const works = async () => [
        (await stack.evaluate(body.apiKey)).status,
        (await stack.evaluate(apiKey)).status,
      ];
      expect(await works()).toEqual([401, 401]);
      await ada.call('PUT', `/account/keys/${keyId}/suspension`, { suspended: false });
      expect(await works()).toEqual([200, 401]);
    },
  );

  test('of a key that is suspended for a payment, and by its owner, is refused', async () => {
    const { keyId } = await freshKey();
    await suspendFor(stack, keyId, 'owner', 'payment');
    const { status, body } = await ada.call('POST', `/account/keys/${keyId}/rotate`);
    expect([status, body.detail]).toEqual([409, expect.stringContaining('suspended (payment)')]);
  });

  test('of a key that support has suspended is refused, with the reason', async () => {
    const { keyId } = await freshKey();
    await stack.manage('suspend-key', { keyId, reason: 'leaked on a forum', requestedBy: 'an admin' });
    const { status, body } = await ada.call('POST', `/account/keys/${keyId}/rotate`);
    expect(status).toBe(409);
    expect(body.detail).toContain('suspended (admin)');
    const key = await ada.call('GET', `/account/keys/${keyId}`);
    expect(key.body).toMatchObject({
      status: 'suspended',
      suspensions: { admin: { at: expect.any(String) } },
    });
    for (const inner of ['an admin', 'forum']) expect(JSON.stringify(key.body)).not.toContain(inner);
    // Neither ending the key that says so nor making another gets around it.
    for (const answer of [
      await ada.call('DELETE', `/account/keys/${keyId}`),
      await ada.call('POST', '/account/keys', {}),
    ]) {
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toContain('suspended by support');
    }
    await stack.manage('resume-key', { keyId, requestedBy: 'an admin' });
    expect((await ada.call('POST', '/account/keys', {})).status).toBe(201);
  });
});

describe('what one account may do by itself', () => {
  test('is to rotate a key four times in an hour, and an hour later again', async () => {
    const { keyId } = (await eve.call('POST', '/account/keys', {})).body;
    const rotate = () => eve.call('POST', `/account/keys/${keyId}/rotate`);
    for (let n = 1; n <= 4; n++) expect((await rotate()).status).toBe(200);
    const fifth = await rotate();
    expect(fifth.status).toBe(409);
    expect(fifth.body).toMatchObject({ type: expect.stringMatching(/limit-reached$/) });
    expect((await stack.manage('rotate-key', { keyId, requestedBy: 'an admin' })).version).toBe(6);
    await advance(stack, 61 * minute);
    eve = subscriber(stack, eve.email, await signIn(stack, eve.email));
    ada = subscriber(stack, ada.email, await signIn(stack, ada.email));
    expect((await rotate()).status).toBe(200);
  });

  test('is to make twenty keys a day, refused ones asking nothing of API Gateway', async () => {
    const mallory = await newSubscriber(stack, 'mallory@example.com');
    for (let n = 1; n <= 20; n++) {
      const { status, body } = await mallory.call('POST', '/account/keys', {});
      expect(status).toBe(201);
      await mallory.call('DELETE', `/account/keys/${body.keyId}`);
    }
    const next = await mallory.call('POST', '/account/keys', {});
    expect(next.status).toBe(409);
    expect(next.body.detail).toContain('tomorrow');
    await advance(stack, 24 * 60 * minute);
    ada = subscriber(stack, ada.email, await signIn(stack, ada.email));
    const later = subscriber(stack, mallory.email, await signIn(stack, mallory.email));
    expect((await later.call('POST', '/account/keys', {})).status).toBe(201);
  });
});

describe('a secret that waits', () => {
  async function waiting(): Promise<string> {
    const { keyId } = await freshKey();
    await stack.manage('rotate-key', { keyId, deliver: true, requestedBy: 'an admin' });
    return keyId;
  }

  test('is claimed once in the account, and again by the same client for ten minutes', async () => {
    const keyId = await waiting();
    const claim = (key: string) =>
      ada.call('POST', `/account/keys/${keyId}/claim`, undefined, { 'Idempotency-Key': key });
    const first = await claim('mine');
    expect(first.body).toMatchObject({ keyId, version: 2 });
    expect((await stack.evaluate(first.body.apiKey)).status).toBe(200);
    expect((await claim('mine')).body.apiKey).toBe(first.body.apiKey);
    const other = await claim('another');
    expect(other.status).toBe(409);
    expect(other.body.detail).toContain('shown once');
    await advance(stack, 11 * minute);
    ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
    expect((await claim('mine')).status).toBe(409);
  });

  test('of which there is none is a plain answer', async () => {
    const { keyId } = await freshKey();
    await ada.call('PUT', '/account/settings', { preferences: { mailNewKeys: false } });
    const { body } = await ada.call('POST', `/account/keys/${keyId}/rotate`);
    expect(body.version).toBe(2);
    const { status, body: refused } = await ada.call('POST', `/account/keys/${keyId}/claim`);
    expect(status).toBe(409);
    expect(refused.detail).toContain('rotate the key');
    await ada.call('PUT', '/account/settings', { preferences: { mailNewKeys: true } });
  });

  test('is destroyed once its owner says that it is stored, for its link, its claim and a repeated request alike', async () => {
    const { keyId } = await freshKey();
    const once = { 'Idempotency-Key': randomUUID() };
    const rotate = () => ada.call('POST', `/account/keys/${keyId}/rotate`, undefined, once);
    const { body } = await rotate();
    await deliveryOf(stack).settle();
    const mail = (await deliveryOf(stack).mails(ada.email)).findLast(holdsLink);
    if (mail === undefined) throw new Error('no mail with a link');
    const stored = (version: number) => ada.call('POST', `/account/keys/${keyId}/stored`, { version });
    expect((await stored(1)).status).toBe(409);
    expect((await stored(2)).body).toEqual({ keyId, version: 2 });
    expect((await stored(2)).body).toEqual({ keyId, version: 2 });
    const { handover } = await keyItem(stack, keyId);
    expect(handover).not.toHaveProperty('ciphertext');
    expect((await stack.evaluate(body.apiKey)).status).toBe(200);
    expect((await deliveryOf(stack).claim(tokenIn(mail), 'a browser')).status).toBe(410);
    expect((await ada.call('POST', `/account/keys/${keyId}/claim`)).status).toBe(409);
    expect((await rotate()).status).toBe(409);
  });

  test('opened in the account is used up for the link in the mail', async () => {
    const keyId = await waiting();
    await stack.streams.whenIdle();
    const mail = (await deliveryOf(stack).mails(ada.email)).findLast(holdsLink);
    if (mail === undefined) throw new Error('no mail with a link');
    expect((await ada.call('POST', `/account/keys/${keyId}/claim`)).status).toBe(200);
    expect((await deliveryOf(stack).claim(tokenIn(mail), 'a browser')).status).toBe(410);
  });
});
