import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addressOf,
  anHour,
  deliveryOf,
  holdsKey,
  holdsLink,
  type TestDelivery,
  tokenIn,
} from './delivery-support.ts';
import { hour, minute } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** From an admin's act to the owner who holds the key, by way of the mail and its link. */

let stack: TestStack;
let delivery: TestDelivery;
const apiKeys: string[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  delivery = deliveryOf(stack);
  // The functions' first start, which all tests share.
  await mailed('first');
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
});

const disputedAlert = 'Latchkey: an owner did not open the link to their key';

/** A key of a new owner, mailed, with the token of its link. */
async function mailed(mailbox: string, payload: Record<string, unknown> = {}) {
  const email = addressOf(mailbox);
  const made = await delivery.generate({ email, ...payload });
  apiKeys.push(made.apiKey);
  await delivery.settle();
  const mail = await delivery.lastMail(email, /^Your AI Decision Engine API key$/);
  return { ...made, email, mail, token: tokenIn(mail) };
}

/** A key whose link a stranger opened and its owner disputed: a secret that nobody has seen is on its way. */
async function disputed(mailbox: string) {
  const key = await mailed(mailbox);
  expect((await delivery.claim(key.token, 'a stranger')).status).toBe(200);
  expect((await delivery.dispute(key.token)).status).toBe(202);
  await delivery.settle();
  const mail = await delivery.lastMail(key.email, /^Your new AI Decision Engine API key/);
  return { ...key, mail, stolenToken: key.token, token: tokenIn(mail) };
}

async function claimed(token: string, by: string): Promise<string> {
  const { status, body } = await delivery.claim(token, by);
  expect(status).toBe(200);
  apiKeys.push(body.apiKey);
  return body.apiKey;
}

test('a new key is mailed as a link that shows it once, and its owner has the very key that the answer held', async () => {
  const { apiKey, keyId, email, mail, token } = await mailed('ada', { reason: 'For the new shop' });
  expect(await delivery.subjects(email)).toEqual(['Your AI Decision Engine API key']);
  for (const body of [mail.body.text, mail.body.html?.replaceAll(/<[^>]+>/g, ' ')]) {
    for (const said of [
      /Hello,/,
      /made for you by\s+an admin\b/,
      /For the new shop/,
      `${apiKey.slice(0, 10)}...`,
      /Pro\b/,
      /10,000 requests\s*\/month/,
      /https:\/\/api\./,
      /https:\/\/docs\./,
      /https:\/\/status\./,
      /support@/,
      /AI Weed Company/,
    ]) {
      expect(body).toMatch(said);
    }
  }
  expect(holdsKey(mail)).toBe(false);
  expect(await delivery.view(keyId)).toMatchObject({
    handover: { version: 1, channel: 'link', sentAt: expect.any(String), deliveredAt: expect.any(String) },
  });

  const first = await delivery.claim(token, 'her browser');
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toMatch(/no-store/);
  expect(first.body).toEqual({ apiKey, keyId, version: 1, expiresAt: expect.any(String) });
  const again = await delivery.claim(token, 'her browser');
  expect([again.status, again.body]).toEqual([200, first.body]);
  const other = await delivery.claim(token, 'another browser');
  const openedAt = new Date(Date.parse(first.body.expiresAt) - 10 * minute).toISOString();
  expect(other.status).toBe(410);
  expect(other.body).toMatchObject({
    type: expect.stringMatching(/\/link-used$/),
    reason: 'opened',
    openedAt,
  });
  expect(other.text).not.toContain(apiKey.slice(-49, -20));
  await delivery.settle();
  expect(await delivery.subjects(email)).toEqual([
    'Your AI Decision Engine API key',
    'Your AI Decision Engine API key was opened',
  ]);

  await delivery.pass(11 * minute);
  const late = await delivery.claim(token, 'her browser');
  expect([late.status, late.body.reason]).toEqual([410, 'opened']);
  await delivery.sweep();
  const item = await delivery.item(keyId);
  expect(item.handover).toMatchObject({ version: 1, openedAt });
  expect(JSON.stringify(item)).not.toContain('ciphertext');
  expect(await delivery.status(apiKey)).toBe(200);
});

test('whoever was shown a key and says that it is stored ends what is kept of it, and nobody else can', async () => {
  const { token, keyId, apiKey, email } = await mailed('careful');
  // Not opened yet: nobody can take the key from its owner.
  expect((await delivery.stored(token, 'her browser')).status).toBe(202);
  expect((await delivery.claim(token, 'her browser')).status).toBe(200);
  const stranger = await delivery.stored(token, 'a stranger');
  expect((await delivery.item(keyId)).handover).toHaveProperty('ciphertext');
  expect((await delivery.claim(token, 'her browser')).body.apiKey).toBe(apiKey);

  const answers = await Promise.all(Array.from({ length: 3 }, () => delivery.stored(token, 'her browser')));
  for (const answer of [stranger, ...answers]) {
    expect([answer.status, answer.body]).toEqual([202, { status: 'done' }]);
  }
  const { handover, change, revision } = await delivery.item(keyId);
  expect(handover).not.toHaveProperty('ciphertext');
  expect(change).toMatchObject({ action: 'store-secret', actor: { kind: 'owner', id: 'link' } });
  expect((await delivery.claim(token, 'her browser')).body).toMatchObject({ status: 410, reason: 'opened' });
  expect(await delivery.status(apiKey)).toBe(200);

  // Said again it changes nothing, and "that was not me" goes on to work.
  await delivery.stored(token, 'her browser');
  expect((await delivery.item(keyId)).revision).toBe(revision);
  expect((await delivery.dispute(token)).status).toBe(202);
  expect(await delivery.status(apiKey)).toBe(401);
  await delivery.settle();
  const [, tokenAfter] = [email, tokenIn(await delivery.lastMail(email, /API key$/))];
  expect(tokenAfter).not.toBe(token);
});

test('of two who open a link at once exactly one gets the key, and the other hears when it was opened', async () => {
  const { token, apiKey, email } = await mailed('twice');
  const answers = await Promise.all(['one', 'other'].map((by) => delivery.claim(token, by)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410]);
  expect(answers.find(({ status }) => status === 200)?.body.apiKey).toBe(apiKey);
  expect(answers.find(({ status }) => status === 410)?.body).toMatchObject({ reason: 'opened' });
  await delivery.settle();
  expect(await delivery.subjects(email)).toHaveLength(2);
});

test('"that was not me" ends the key that was seen at once, and mails its owner another, once', async () => {
  const { token, apiKey, email, keyId } = await mailed('robbed');
  await claimed(token, 'a stranger');
  expect(await delivery.status(apiKey)).toBe(200);
  const answer = await delivery.dispute(token);
  expect([answer.status, answer.body]).toEqual([202, { status: 'done' }]);
  expect(await delivery.status(apiKey)).toBe(401);
  expect((await delivery.claim(token, 'a stranger')).body).toMatchObject({ reason: 'replaced' });
  await delivery.settle();

  const before = await delivery.item(keyId);
  const again = await delivery.dispute(token);
  expect([again.status, again.body]).toEqual([202, { status: 'done' }]);
  await delivery.settle();
  expect(await delivery.item(keyId)).toEqual(before);
  expect(await delivery.subjects(email)).toEqual([
    'Your AI Decision Engine API key',
    'Your AI Decision Engine API key was opened',
    'Your new AI Decision Engine API key',
  ]);
  const mail = await delivery.lastMail(email, /^Your new/);
  expect(mail.body.text).toMatch(/not you who opened the last link/);
  await delivery.told(keyId, [disputedAlert]);
  // A link that nobody has opened cannot be disputed, so nobody can end a key with a mail that they merely saw.
  await delivery.dispute(tokenIn(mail));
  expect(await delivery.item(keyId)).toEqual(before);
  const fresh = await claimed(tokenIn(mail), 'the owner');
  expect(await delivery.status(fresh)).toBe(200);
});

test('a link that nobody opens ends after 72 hours, owner and admins hear of it, and it offers a new one', async () => {
  const { token, stolenToken, keyId, email } = await disputed('away');
  await delivery.pass(72 * hour + anHour);
  const expired = await delivery.lastMail(email, /^Your AI Decision Engine API key still waits for you$/);
  expect(tokenIn(expired)).toBe(token);
  await delivery.told(keyId, [disputedAlert, 'Latchkey: a new key was never opened']);
  expect(await delivery.view(keyId)).toMatchObject({ handover: { expiredAt: expect.any(String) } });
  expect(JSON.stringify(await delivery.item(keyId))).not.toContain('ciphertext');
  const refused = await delivery.claim(token, 'the owner');
  expect(refused.status).toBe(410);
  expect(refused.body).toMatchObject({ type: expect.stringMatching(/\/link-expired$/), reason: 'expired' });
  expect((await delivery.claim(stolenToken, 'a stranger')).body).toMatchObject({ reason: 'replaced' });

  const sent = (await delivery.subjects(email)).length;
  const answers = [await delivery.renew(token), await delivery.renew(token)];
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [202, { status: 'accepted' }],
    [202, { status: 'accepted' }],
  ]);
  await delivery.settle();
  expect((await delivery.subjects(email)).slice(sent)).toEqual([
    'A new link to your AI Decision Engine API key',
  ]);
  const renewed = tokenIn(await delivery.lastMail(email, /new link/));
  expect((await delivery.claim(token, 'the owner')).body).toMatchObject({ reason: 'replaced' });
  const fresh = await claimed(renewed, 'the owner');
  expect(await delivery.status(fresh)).toBe(200);
  expect((await delivery.view(keyId)).versions).toHaveLength(1);
});

test('a link whose mail was lost is mailed again on request, an hour later at the earliest, and is the same', async () => {
  const { token, email } = await disputed('lost');
  const sent = (await delivery.subjects(email)).length;
  await delivery.renew(token);
  await delivery.settle();
  expect(await delivery.subjects(email)).toHaveLength(sent);
  await delivery.pass(anHour);
  await Promise.all([delivery.renew(token), delivery.renew(token)]);
  await delivery.settle();
  const more = (await delivery.mails(email)).slice(sent);
  expect(more.map(tokenIn)).toEqual([token]);
});

test('without delivery the mail merely tells of the key, and who has it', async () => {
  const email = addressOf('note');
  const made = await delivery.generate({ email, deliver: false, reason: 'By phone' });
  apiKeys.push(made.apiKey);
  await delivery.settle();
  const note = await delivery.lastMail(email, /^Your AI Decision Engine API key$/);
  expect([holdsLink(note), holdsKey(note)]).toEqual([false, false]);
  expect(note.body.text).toMatch(/The key is not in this mail: an admin has it/);
  expect(note.body.text).toMatch(/By phone/);
  expect(JSON.stringify(await delivery.item(made.keyId))).not.toContain('ciphertext');

  const rotated = await delivery.rotate({ keyId: made.keyId, deliver: false, graceHours: 24 });
  apiKeys.push(rotated.apiKey);
  await delivery.settle();
  const second = await delivery.lastMail(
    email,
    /^Your new AI Decision Engine API key: the old one works until /,
  );
  expect([holdsLink(second), holdsKey(second)]).toEqual([false, false]);
  expect(second.body.text).toMatch(/Your old key keeps working until .* \(in 24 hours\)/);
});

test('a rotation by an admin mails the new key as a link, says until when the old one works, and both do', async () => {
  const { apiKey, keyId, email, token } = await mailed('rotated');
  const rotated = await delivery.rotate({ keyId, graceHours: 2, reason: 'Left the company' });
  apiKeys.push(rotated.apiKey);
  await delivery.settle();
  const mail = await delivery.lastMail(
    email,
    /^Your new AI Decision Engine API key: the old one works until /,
  );
  expect(mail.body.text).toMatch(/keeps working until .* \(in 2 hours\)/);
  expect(mail.body.text).toMatch(/done by an admin[\s\S]*Left the company/);
  expect((await delivery.claim(token, 'the owner')).body).toMatchObject({ reason: 'replaced' });
  expect(await claimed(tokenIn(mail), 'the owner')).toBe(rotated.apiKey);
  expect(await Promise.all([apiKey, rotated.apiKey].map(delivery.status))).toEqual([200, 200]);
  await delivery.pass(2 * hour + anHour);
  expect(await Promise.all([apiKey, rotated.apiKey].map(delivery.status))).toEqual([401, 200]);
});

test('a request repeated under its idempotencyKey has the same key, and its mails arrive once', async () => {
  const email = addressOf('repeated');
  const request = { email, idempotencyKey: 'delivered-once-1' };
  const [first, second] = await Promise.all([delivery.generate(request), delivery.generate(request)]);
  expect(second).toEqual(first);
  await delivery.pass(9 * minute);
  expect(await delivery.generate(request)).toEqual(first);
  const rotation = { keyId: first.keyId, graceHours: 1, idempotencyKey: 'delivered-once-2' };
  const rotated = await delivery.rotate(rotation);
  expect(await delivery.rotate(rotation)).toEqual(rotated);
  apiKeys.push(first.apiKey, rotated.apiKey);
  await delivery.settle();
  expect(await delivery.subjects(email)).toEqual([
    'Your AI Decision Engine API key',
    expect.stringMatching(/^Your new AI Decision Engine API key: the old one works until /),
  ]);
});

test('the link of a revoked key shows nothing, renews nothing and disputes nothing', async () => {
  const { keyId, token, email } = await mailed('revoked');
  await stack.manage('revoke-key', { keyId, requestedBy: 'an admin' });
  const before = await delivery.item(keyId);
  const refused = await delivery.claim(token, 'the owner');
  expect([refused.status, refused.body.reason]).toEqual([410, 'revoked']);
  const answers = [await delivery.renew(token), await delivery.dispute(token)];
  expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
    [202, 'accepted'],
    [202, 'done'],
  ]);
  await delivery.settle();
  expect(await delivery.item(keyId)).toEqual(before);
  expect(await delivery.subjects(email)).toHaveLength(1);
});
