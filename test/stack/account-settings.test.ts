import { generateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSubscriber, type Subscriber } from './account-support.ts';
import { deliveryOf, holdsKey, holdsLink } from './delivery-support.ts';
import { writeNext } from './fleet-support.ts';
import { subscriptionItem } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let ada: Subscriber;
beforeAll(async () => {
  stack = await startTestStack();
  ada = await newSubscriber(stack, 'ada@example.com');
});
afterAll(() => stack.close());

async function openPgp() {
  const { publicKey } = await generateKey({ userIDs: [{ email: ada.email }], format: 'object' });
  return { armored: publicKey.armor(), fingerprint: publicKey.getFingerprint().toUpperCase() };
}

describe('PUT /account/settings', () => {
  test('answers with all that can be set, and leaves alone what is not sent', async () => {
    const named = await ada.call('PUT', '/account/settings', { name: 'Ada Lovelace' });
    expect(named.body).toEqual({
      email: ada.email,
      name: 'Ada Lovelace',
      preferences: { mailNewKeys: true, mailAlerts: 'all' },
    });
    const changed = await ada.call('PUT', '/account/settings', { preferences: { mailNewKeys: false } });
    expect(changed.body).toMatchObject({ name: 'Ada Lovelace', preferences: { mailNewKeys: false } });
    const alone = await ada.call('PUT', '/account/settings', { preferences: { mailAlerts: 'critical' } });
    expect(alone.body.preferences).toEqual({ mailNewKeys: false, mailAlerts: 'critical' });
    const nameless = await ada.call('PUT', '/account/settings', { name: null });
    expect(nameless.body).not.toHaveProperty('name');
    expect((await ada.call('PUT', '/account/settings', {})).body).toEqual(nameless.body);
  });

  test('tells the default of what was never chosen, such as of an account from before it could be', async () => {
    const old = await newSubscriber(stack, 'from-before@example.com');
    const { subscriptionId } = (await old.call('GET', '/account')).body;
    const item = await subscriptionItem(stack, subscriptionId);
    await writeNext(stack, 'Subscriptions', item, { preferences: { mailNewKeys: false } });
    const { preferences } = (await old.call('GET', '/account')).body;
    expect(preferences).toEqual({ mailNewKeys: false, mailAlerts: 'all' });
    const changed = await old.call('PUT', '/account/settings', { preferences: { mailNewKeys: true } });
    expect(changed.body.preferences).toEqual({ mailNewKeys: true, mailAlerts: 'all' });
    const { revision } = await subscriptionItem(stack, subscriptionId);
    await old.call('PUT', '/account/settings', { preferences: { mailAlerts: 'all' } });
    expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({ revision });
    for (const mailAlerts of ['info', 'none', null, true]) {
      const refused = await old.call('PUT', '/account/settings', { preferences: { mailAlerts } });
      expect(refused.body.errors).toMatchObject([{ path: 'preferences.mailAlerts' }]);
    }
  });

  test('answers with the fingerprint of the OpenPGP key, and mails keys encrypted to it from then on', async () => {
    const { armored, fingerprint } = await openPgp();
    const { body } = await ada.call('PUT', '/account/settings', {
      openPgpKey: armored,
      preferences: { mailNewKeys: true },
    });
    expect(body.openPgpFingerprint.replaceAll(' ', '').toUpperCase()).toBe(fingerprint);
    expect((await ada.call('POST', '/account/keys', {})).status).toBe(201);
    const { settle, mails } = deliveryOf(stack);
    await settle();
    const last = (await mails(ada.email)).at(-1);
    expect(last?.attachments.some(({ contentType }) => contentType.includes('pgp'))).toBe(true);
    expect(last && (holdsKey(last) || holdsLink(last))).toBe(false);
  });

  test('tells the owner that the OpenPGP key changed: whoever did not expect it must hear of it', async () => {
    const { armored } = await openPgp();
    await ada.call('PUT', '/account/settings', { openPgpKey: armored });
    const { settle, lastMail } = deliveryOf(stack);
    await settle();
    const mail = await lastMail(ada.email, /^Mails about your/);
    expect(mail.body.text).toContain('OpenPGP');
  });

  test('refuses what is no public key, and keeps the one on file', async () => {
    const before = (await ada.call('GET', '/account')).body.openPgpFingerprint;
    const { privateKey } = await generateKey({ userIDs: [{ email: ada.email }] });
    for (const openPgpKey of ['hello', '-----BEGIN PGP PUBLIC KEY BLOCK-----', privateKey]) {
      const { status, text, body } = await ada.call('PUT', '/account/settings', { openPgpKey });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: 'openPgpKey' }]);
      expect(text).not.toContain('BEGIN PGP PRIVATE');
    }
    expect((await ada.call('GET', '/account')).body.openPgpFingerprint).toBe(before);
  });

  test('a key made where mails of keys are off is mailed to nobody, and the mail merely tells of it', async () => {
    await ada.call('PUT', '/account/settings', { openPgpKey: null, preferences: { mailNewKeys: false } });
    const made = await ada.call('POST', '/account/keys', { name: 'quiet' });
    const { settle, mails } = deliveryOf(stack);
    await settle();
    const last = (await mails(ada.email)).at(-1);
    expect(last?.body.text).toContain('quiet');
    expect(last && (holdsKey(last) || holdsLink(last))).toBe(false);
    expect((await ada.call('POST', `/account/keys/${made.body.keyId}/claim`)).status).toBe(409);
  });
});

describe('GET /account/audit', () => {
  test('R27: tells every act with the subscriber as actor, newest first, page by page, each entry once', async () => {
    const eve = await newSubscriber(stack, 'eve@example.com');
    const first = (await eve.call('POST', '/account/keys', { name: 'one' })).body;
    const second = (await eve.call('POST', '/account/keys', { name: 'two' })).body;
    await eve.call('POST', `/account/keys/${first.keyId}/rotate`);
    const suspend = { keyId: second.keyId, reason: 'a check', requestedBy: 'alice' };
    await stack.manage('suspend-key', suspend);
    await stack.manage('resume-key', suspend);
    await eve.call('DELETE', `/account/keys/${second.keyId}`);
    await deliveryOf(stack).settle();

    const entries: { subject: string; sequence: number; at: string; action: string; actor: object }[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await eve.call(
        'GET',
        `/account/audit?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      );
      expect(body.entries.length).toBeLessThanOrEqual(3);
      entries.push(...body.entries);
      cursor = body.cursor;
    } while (cursor !== undefined);

    const whole = (await eve.call('GET', '/account/audit?limit=100')).body.entries;
    expect(entries).toEqual(whole);
    const ids = entries.map(({ subject, sequence }) => `${subject} ${sequence}`);
    expect(new Set(ids).size).toBe(ids.length);
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    const mine = { kind: 'owner', id: first.subscriptionId };
    const acts = entries.filter(({ actor }) => (actor as { kind: string }).kind === 'owner');
    expect(new Set(acts.map(({ action }) => action))).toEqual(
      new Set(['open-account', 'plan-usage-key', 'generate-key', 'rotate-key', 'revoke-key']),
    );
    for (const { actor } of acts) expect(actor).toEqual(mine);
    // Who of support did it, and why, is not for the owner.
    expect(entries.find(({ action }) => action === 'suspend-key')).toMatchObject({
      actor: { kind: 'admin', id: 'support' },
      state: { suspensions: { admin: { at: expect.any(String) } } },
    });
    for (const inner of ['alice', 'a check', 'pepper']) expect(JSON.stringify(entries)).not.toContain(inner);
    const ofOne = await eve.call('GET', `/account/audit?keyId=${second.keyId}&limit=100`);
    expect(new Set(ofOne.body.entries.map(({ subject }: { subject: string }) => subject))).toEqual(
      new Set([second.keyId]),
    );
  });
});

describe('GET /account/export', () => {
  test('gives all that is kept, as a file, and no secret', async () => {
    const eve = await newSubscriber(stack, 'exporter@example.com');
    const made = (await eve.call('POST', '/account/keys', { name: 'exported' })).body;
    const { armored } = await openPgp();
    await eve.call('PUT', '/account/settings', { name: 'Eve', openPgpKey: armored });
    await stack.evaluate(made.apiKey);
    await deliveryOf(stack).settle();
    const { status, headers, body, text } = await eve.call('GET', '/account/export');
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(body).toMatchObject({
      account: { email: 'exporter@example.com', name: 'Eve' },
      openPgpKey: armored,
      keys: [{ keyId: made.keyId, name: 'exported' }],
      usage: [{ total: 1 }],
      recordIsCut: false,
    });
    expect(body.record).toEqual((await eve.call('GET', '/account/audit?limit=100')).body.entries);
    for (const secret of [made.apiKey.slice(18), 'ciphertext', '"hash":"v', 'usageKey', 'salt']) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });
});
