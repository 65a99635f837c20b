import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSubscriber, subscriber } from './account-support.ts';
import { deliveryOf } from './delivery-support.ts';
import { itemsOf, keyItem, keysOf, subscriptionItem } from './management-support.ts';
import { signIn, signUp } from './sign-in.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

let people = 0;
/** Somebody with two keys, one of them revoked, a name, and some use. */
async function settled() {
  people += 1;
  const email = `leaver-${people}@example.com`;
  const person = await newSubscriber(stack, email);
  const revoked = (await person.call('POST', '/account/keys', { name: 'Leo’s old laptop' })).body;
  await person.call('DELETE', `/account/keys/${revoked.keyId}`);
  const live = (await person.call('POST', '/account/keys', { name: 'Leo’s new laptop' })).body;
  await person.call('PUT', '/account/settings', { name: 'Leo Leaver' });
  await stack.evaluate(live.apiKey);
  await stack.streams.whenIdle();
  return { email, person, revoked, live, subscriptionId: live.subscriptionId as string };
}

describe('DELETE /account', () => {
  test('stops every key at once, and the sign-in opens nothing more', async () => {
    const { person, live } = await settled();
    const { status, body } = await person.call('DELETE', '/account');
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'deleted', deletedAt: expect.any(String) });
    expect((await stack.evaluate(live.apiKey)).status).toBe(401);
    const after = await person.call('GET', '/account');
    expect(after.status).toBe(403);
    expect(after.body.detail).toContain('was deleted');
    expect((await person.call('POST', '/account/keys', {})).status).toBe(403);
  });

  test('leaves nothing personal in any table, and a record that verifies', async () => {
    const { person, email, live, revoked, subscriptionId } = await settled();
    await person.call('DELETE', '/account');
    await stack.streams.whenIdle();
    const everything = JSON.stringify(
      await Promise.all(Object.keys(stack.tables).map((table) => itemsOf(stack, table as 'Keys'))),
    );
    for (const personal of [email, 'Leo', person.tokens.sub]) {
      expect([personal, everything.includes(personal)]).toEqual([personal, false]);
    }
    expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({
      email: '',
      keyIds: [],
      usageKeys: {},
      change: { action: 'erase-account', actor: { kind: 'owner', id: subscriptionId } },
    });
    for (const { keyId } of [live, revoked]) {
      expect(await keyItem(stack, keyId)).toMatchObject({ name: 'deleted', secrets: [] });
    }
    const { ok, broken } = await stack.manage<{ ok: boolean; broken: unknown[] }>('verify-audit', {});
    expect(broken).toEqual([]);
    expect(ok).toBe(true);
    const record = await stack.manage<{ entries: { action: string; actor: object }[] }>('query-audit', {
      subscriptionId,
      limit: 100,
    });
    expect(record.entries.map(({ action }) => action)).toContain('delete-account');
  });

  test('frees the usage key’s place in API Gateway', async () => {
    const { person, subscriptionId } = await settled();
    const count = async () =>
      (await itemsOf(stack, 'Subscriptions')).find(
        (item) => item['subscriptionId'] === 'counter#usage-keys',
      )?.['count'];
    const before = Number(await count());
    expect(Object.keys((await subscriptionItem(stack, subscriptionId)).usageKeys)).toHaveLength(1);
    await person.call('DELETE', '/account');
    expect(await count()).toBe(before - 1);
  });

  test('the same person may sign up anew with the address: another account, in free, with a count of its own', async () => {
    const { person, email, subscriptionId } = await settled();
    await person.call('DELETE', '/account');
    await expect(signIn(stack, email)).rejects.toThrow();
    const again = subscriber(stack, email, await signUp(stack, email));
    const { status, body } = await again.call('GET', '/account');
    expect(status).toBe(200);
    expect(body).toMatchObject({ tier: 'free', usage: { total: 0 }, keys: { live: 0 } });
    expect(body.subscriptionId).not.toBe(subscriptionId);
    expect((await person.call('GET', '/account')).status).toBe(403);
  });

  test('tells the owner by mail', async () => {
    const { person, email } = await settled();
    await person.call('DELETE', '/account');
    await stack.streams.whenIdle();
    await deliveryOf(stack).lastMail(email, /deleted/i);
  });

  test('asked twice at once deletes once', async () => {
    const { person, subscriptionId } = await settled();
    const answers = await Promise.all([1, 2, 3].map(() => person.call('DELETE', '/account')));
    expect(answers.map(({ status }) => status).toSorted()[0]).toBe(200);
    expect(answers.every(({ status }) => [200, 403, 404].includes(status))).toBe(true);
    await stack.streams.whenIdle();
    const { entries } = await stack.manage<{ entries: { action: string }[] }>('query-audit', {
      subscriptionId,
      limit: 100,
    });
    expect(entries.filter(({ action }) => action === 'delete-account')).toHaveLength(1);
    expect(entries.filter(({ action }) => action === 'erase-account')).toHaveLength(1);
  });

  test('an admin can no longer make a key for it', async () => {
    const { person, subscriptionId, email } = await settled();
    await person.call('DELETE', '/account');
    await expect(
      stack.manage('generate-key', { tier: 'free', email, subscriptionId, requestedBy: 'an admin' }),
    ).rejects.toThrow();
    await expect(
      stack.manage('update-subscription', { subscriptionId, name: 'x', requestedBy: 'an admin' }),
    ).rejects.toThrow('deleted');
    expect(await keysOf(stack, subscriptionId)).toHaveLength(2);
  });
});
