import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { simpleParser } from 'mailparser';
import { decrypt, generateKey, readMessage, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addressOf,
  deliveryOf,
  holdsKey,
  holdsLink,
  type TestDelivery,
  tokenIn,
} from './delivery-support.ts';
import { day, type GeneratedKey, hour } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * The life of keys whose owners do nothing but read their mail, by the clock alone. The tests follow each other on one
 * timeline: each goes on where the one before stopped.
 */

let stack: TestStack;
let delivery: TestDelivery;
/** Made at the same moment: what each owner does is all that differs. */
let keys: Record<
  'used' | 'idle' | 'encrypted' | 'suspended' | 'bouncing',
  GeneratedKey & { readonly email: string }
>;
let privateKey: string;
/** The new secret of `used`. */
let fetched: string;
let madeAt: number;
const apiKeys: string[] = [];

const subjects = {
  notice: /^Your AI Decision Engine API key changes on /,
  rotated: /^Your new AI Decision Engine API key: the old one works until /,
  reminder: /^Your old AI Decision Engine API key stops working on /,
  expired: /still waits for you$/,
  encrypted: /^Encrypted message$/,
};

beforeAll(async () => {
  stack = await startTestStack();
  delivery = deliveryOf(stack);
  const make = async (mailbox: string) => {
    const email = addressOf(mailbox);
    const made = await delivery.generate({ email, deliver: false });
    apiKeys.push(made.apiKey);
    return { ...made, email };
  };
  keys = {
    used: await make('used'),
    idle: await make('idle'),
    encrypted: await make('encrypted'),
    suspended: await make('suspended'),
    bouncing: await make('bounce'),
  };
  madeAt = stack.clock.now();
  const pair = await generateKey({
    userIDs: [{ name: 'Grace', email: keys.encrypted.email }],
    date: new Date(madeAt - day),
    format: 'armored',
  });
  privateKey = pair.privateKey;
  const { subscriptionId } = keys.encrypted;
  const updated = await delivery.update({ subscriptionId, name: 'Grace', openPgpKey: pair.publicKey });
  expect(updated.openPgpFingerprint).toMatch(/^[0-9A-F]{40}$/);
  await poison();
  await delivery.settle();
  await delivery.lastMail(keys.encrypted.email, /something was changed$/);
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
});

/** An item that no rule can understand, due from the first day on, in the partition of a good key. */
async function poison(): Promise<void> {
  const good = await delivery.item(keys.used.keyId);
  const item = {
    ...good,
    keyId: 'poisoned0000',
    nextActionAt: good.createdAt,
    secrets: 'none',
    revision: 'x',
  };
  await stack.dynamodb.send(new PutCommand({ TableName: stack.tables['Keys'], Item: item }));
}

const reach = (milliseconds: number) => delivery.pass(madeAt + milliseconds - stack.clock.now());
/** Since the mail that the key was made. */
const received = async (name: keyof typeof keys) =>
  (await delivery.subjects(keys[name].email)).slice(name === 'encrypted' ? 2 : 1);
const oneOf = (...expected: RegExp[]) => expected.map((subject) => expect.stringMatching(subject));

test('before the 83rd day nothing happens, and an item that cannot be understood is counted as failed', async () => {
  await reach(83 * day - hour);
  for (const name of ['used', 'idle', 'encrypted', 'suspended'] as const) {
    expect(await received(name)).toEqual([]);
  }
  expect(await delivery.sweep()).toMatchObject({ due: 1, failed: 1, steps: { notice: 0, rotate: 0 } });
});

test('on the 83rd day each owner is told once, by two sweeps at once too; a suspended key is left alone', async () => {
  const { keyId } = keys.suspended;
  await stack.manage('suspend-key', { keyId, requestedBy: 'an admin', reason: 'Unpaid' });
  await reach(83 * day);
  await Promise.all([delivery.sweep(), delivery.sweep()]);
  await delivery.sweep();
  for (const name of ['used', 'idle', 'encrypted'] as const) {
    expect(await received(name)).toEqual(oneOf(subjects.notice));
    const notice = await delivery.lastMail(keys[name].email, subjects.notice);
    expect(notice.body.text).toMatch(/Hello( Grace)?,[\s\S]*will be replaced by a new one on/);
    expect(notice.body.text).toMatch(/The old key goes on for 72 hours after that/);
    expect(holdsKey(notice)).toBe(false);
  }
  expect(await received('suspended')).toEqual([]);
});

test('where the address takes no mail, the admins are told in the place of the owner', async () => {
  const { keyId } = keys.bouncing;
  const gaveUp = 'Latchkey: a mail to an owner was given up';
  await delivery.told(keyId, ["Latchkey: mails to an owner's address come back", gaveUp]);
  expect(await received('bouncing')).toEqual([]);
  const [, alert] = await delivery.alerts(keyId);
  expect(alert?.message).toMatch(/"notice" was given up: the address takes no mail/);
});

test('on the 90th day each key has one new secret, by two sweeps at once too, and the old one goes on', async () => {
  // Up to the moment before the day, so that no sweep but these two finds it due.
  await reach(90 * day - 60_000);
  expect(await received('used')).toHaveLength(1);
  await stack.clock.moveTo(madeAt + 90 * day);
  const reports = await Promise.all([delivery.sweep(), delivery.sweep()]);
  const counted = await Promise.all(Object.values(keys).map(({ keyId }) => delivery.view(keyId)));
  expect(counted.map(({ versions }) => versions.length)).toEqual([2, 2, 2, 1, 2]);
  // The schedule's own sweep may have come first.
  expect(reports.reduce((sum, { steps }) => sum + steps.rotate, 0)).toBeLessThanOrEqual(4);
  expect(await received('used')).toEqual(oneOf(subjects.notice, subjects.rotated));
  expect(await received('idle')).toEqual(oneOf(subjects.notice, subjects.rotated));
  const mail = await delivery.lastMail(keys.used.email, subjects.rotated);
  expect(mail.body.text).toMatch(/keeps working until .* \(in (3 days|72 hours)\)/);
  expect(holdsKey(mail)).toBe(false);
  expect(await delivery.status(keys.used.apiKey)).toBe(200);

  const { status, body } = await delivery.claim(tokenIn(mail), 'the owner');
  expect([status, body.version]).toEqual([200, 2]);
  fetched = body.apiKey;
  apiKeys.push(fetched);
  expect(fetched).not.toBe(keys.used.apiKey);
  expect(await Promise.all([keys.used.apiKey, fetched].map(delivery.status))).toEqual([200, 200]);
});

test('to an owner with an OpenPGP key the secret comes in the mail itself, and is kept nowhere else', async () => {
  const { email, keyId, apiKey } = keys.encrypted;
  expect(await received('encrypted')).toEqual(oneOf(subjects.notice, subjects.encrypted));
  const mail = await delivery.lastMail(email, subjects.encrypted);
  expect(mail.body.text ?? '').toBe('');
  expect(mail.attachments.map(({ contentType }) => contentType)).toEqual([
    'application/pgp-encrypted',
    'application/octet-stream',
  ]);
  const armored = Buffer.from(mail.attachments[1]?.content ?? '', 'base64').toString();
  const { data } = await decrypt({
    message: await readMessage({ armoredMessage: armored }),
    decryptionKeys: await readPrivateKey({ armoredKey: privateKey }),
    date: new Date(stack.clock.now()),
  });
  const inner = await simpleParser(data);
  expect(inner.subject).toMatch(subjects.rotated);
  const fresh = /\buser_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\b/.exec(inner.text ?? '')?.[0] ?? 'no key';
  apiKeys.push(fresh);
  expect(fresh).not.toBe(apiKey);
  expect(await Promise.all([apiKey, fresh].map(delivery.status))).toEqual([200, 200]);
  const item = await delivery.item(keyId);
  expect(item.handover).toMatchObject({
    version: 2,
    delivery: { channel: 'pgp', deliveredAt: expect.any(String) },
  });
  expect(JSON.stringify(item)).not.toContain('ciphertext');
});

test('six hours before the end of the old secret those are reminded who still use it, once, and nobody else', async () => {
  await reach(92 * day + 17 * hour);
  expect(await delivery.status(keys.used.apiKey)).toBe(200);
  await reach(92 * day + 20 * hour);
  await delivery.sweep();
  expect(await received('used')).toEqual(
    oneOf(subjects.notice, subjects.rotated, /API key was opened$/, subjects.reminder),
  );
  const reminder = await delivery.lastMail(keys.used.email, subjects.reminder);
  expect(reminder.body.text).toMatch(/the old one is still in use/);
  expect(await received('encrypted')).toEqual(oneOf(subjects.notice, subjects.encrypted, subjects.reminder));
  expect(holdsLink(await delivery.lastMail(keys.encrypted.email, subjects.reminder))).toBe(false);
  expect(await received('idle')).toEqual(oneOf(subjects.notice, subjects.rotated));
});

test('on the 93rd day the old secret is refused, and a new one that nobody fetched can be had anew', async () => {
  await reach(93 * day + 2 * hour);
  expect(await Promise.all([keys.used.apiKey, fetched].map(delivery.status))).toEqual([401, 200]);
  expect(await delivery.view(keys.used.keyId)).toMatchObject({
    versions: [{ version: 2 }],
    retiredVersions: [{ version: 1 }],
  });
  expect(await delivery.status(keys.idle.apiKey)).toBe(401);
  expect(await received('idle')).toEqual(oneOf(subjects.notice, subjects.rotated, subjects.expired));
  await delivery.told(keys.idle.keyId, ['Latchkey: a new key was never opened']);
  const expired = await delivery.lastMail(keys.idle.email, subjects.expired);
  expect((await delivery.renew(tokenIn(expired))).status).toBe(202);
  await delivery.settle();
  const renewed = await delivery.lastMail(keys.idle.email, /^A new link/);
  const { body } = await delivery.claim(tokenIn(renewed), 'the owner');
  apiKeys.push(body.apiKey);
  expect(await delivery.status(body.apiKey)).toBe(200);
});

test('a key suspended over its due date is noticed when it is resumed, and rotated seven days later', async () => {
  const { keyId, apiKey } = keys.suspended;
  expect(await received('suspended')).toEqual([]);
  expect(await delivery.view(keyId)).toMatchObject({ status: 'suspended', versions: [{ version: 1 }] });
  await stack.manage('resume-key', { keyId, requestedBy: 'an admin' });
  const resumedAt = stack.clock.now();
  await delivery.sweep();
  expect(await received('suspended')).toEqual(oneOf(subjects.notice));
  expect((await delivery.view(keyId)).versions).toHaveLength(1);
  await delivery.pass(7 * day - 2 * hour);
  expect((await delivery.view(keyId)).versions).toHaveLength(1);
  await delivery.pass(resumedAt + 7 * day + hour - stack.clock.now());
  expect(await received('suspended')).toEqual(oneOf(subjects.notice, subjects.rotated));
  expect(await delivery.status(apiKey)).toBe(200);
});

test('nobody else was told anything more, and the item that cannot be understood has stopped nobody', async () => {
  expect(await received('used')).toHaveLength(4);
  expect(await received('encrypted')).toHaveLength(3);
  expect(await delivery.sweep()).toMatchObject({ failed: 1 });
  const poisoned = { TableName: stack.tables['Keys'], Key: { keyId: 'poisoned0000' } };
  await stack.dynamodb.send(new DeleteCommand(poisoned));
  expect(await delivery.sweep()).toMatchObject({ due: 0, failed: 0 });
});
