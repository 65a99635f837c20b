import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, deliveryOf, holdsLink, type TestDelivery, tokenIn } from './delivery-support.ts';
import { day, hour, minute } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** Mailboxes that take no mail, for now or for good, and owners who call a mail spam. */

let stack: TestStack;
let delivery: TestDelivery;
const apiKeys: string[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  delivery = deliveryOf(stack);
  await mailed('first');
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
});

async function mailed(mailbox: string) {
  const email = addressOf(mailbox);
  const made = await delivery.generate({ email });
  apiKeys.push(made.apiKey);
  await delivery.settle();
  const [mail] = await delivery.mails(email);
  if (mail === undefined) throw new Error('no mail was sent');
  return { ...made, email, token: tokenIn(mail) };
}

const bounced = "Latchkey: mails to an owner's address come back";
const gaveUp = 'Latchkey: a mail to an owner was given up';
const changed = 'Mails about your AI Decision Engine API key: something was changed';
const trouble = 'Mails about your AI Decision Engine API key now come to this address';

test('an address that bounces gets no more mail, admins are told instead, and another address gets all that waits', async () => {
  const { keyId, subscriptionId, email, token, apiKey } = await mailed('bounce');
  expect(await delivery.subscription(subscriptionId)).toMatchObject({ undeliverable: { cause: 'bounce' } });
  expect(await delivery.view(keyId)).toMatchObject({
    handover: { failedAt: expect.any(String), trouble: expect.stringMatching(/Permanent/) },
  });
  await delivery.told(keyId, [bounced]);

  const rotated = await delivery.rotate({ keyId, graceHours: 168 });
  apiKeys.push(rotated.apiKey);
  await delivery.settle();
  await delivery.told(keyId, [bounced, gaveUp]);
  await delivery.pass(2 * day);
  expect(await delivery.mails(email)).toHaveLength(1);
  await delivery.told(keyId, [bounced, gaveUp]);

  const moved = addressOf('moved');
  const answer = await delivery.update({ subscriptionId, email: moved });
  expect(answer).toMatchObject({ email: moved, mailedAgain: [keyId] });
  await delivery.settle();
  const mails = await delivery.mails(moved);
  expect(mails.map(({ subject }) => subject).toSorted()).toEqual([
    trouble,
    expect.stringMatching(/^Your new AI Decision Engine API key/),
  ]);
  const told = mails.find(({ subject }) => subject === trouble);
  expect(told?.body.text).toMatch(/our mails to b…@example\.com have not been delivered/);
  expect((await delivery.claim(token, 'whoever reads the old mailbox')).body).toMatchObject({
    reason: 'replaced',
  });
  const mail = mails.find(({ subject }) => subject !== trouble) ?? mails[0];
  const opened = await delivery.claim(mail === undefined ? '' : tokenIn(mail), 'the owner');
  expect([opened.status, opened.body.apiKey]).toEqual([200, rotated.apiKey]);
  expect(await Promise.all([apiKey, rotated.apiKey].map(delivery.status))).toEqual([200, 200]);
  expect(await delivery.subscription(subscriptionId)).not.toHaveProperty('undeliverable');
  expect((await delivery.view(keyId)).handover).not.toHaveProperty('failedAt');
});

test('the link of a mail that bounced is worthless once the owner has another address', async () => {
  const { keyId, subscriptionId, token, apiKey } = await mailed('bounce');
  const moved = addressOf('moved');
  await delivery.update({ subscriptionId, email: moved });
  await delivery.settle();
  const refused = await delivery.claim(token, 'whoever reads the old mailbox');
  expect([refused.status, refused.body.reason]).toEqual([410, 'replaced']);
  const mail = await delivery.lastMail(moved, /./);
  const all = await delivery.mails(moved);
  expect(all).toHaveLength(2);
  const link = all.find(({ subject }) => subject !== trouble) ?? mail;
  expect((await delivery.claim(tokenIn(link), 'the owner')).body).toMatchObject({ apiKey, keyId });
});

test('an address that works hears that it was changed, and the link in its mail is worthless from then on', async () => {
  const { keyId, subscriptionId, email, token, apiKey } = await mailed('ada');
  const moved = addressOf('moved');
  await delivery.update({ subscriptionId, email: moved, reason: 'By phone' });
  await delivery.settle();
  const farewell = await delivery.lastMail(email, /./);
  expect(farewell.subject).toBe(changed);
  expect(farewell.body.text).toMatch(/m…@example\.com/);
  expect(farewell.body.text).not.toContain(moved);
  expect(holdsLink(farewell)).toBe(false);
  expect((await delivery.claim(token, 'a thief')).body).toMatchObject({ reason: 'replaced' });
  expect(await delivery.subjects(moved)).toEqual(['Your AI Decision Engine API key']);
  const [mail] = await delivery.mails(moved);
  expect((await delivery.claim(mail === undefined ? '' : tokenIn(mail), 'the owner')).body).toMatchObject({
    apiKey,
    keyId,
  });
});

test('a complaint ends all mail to the address, and the link that was complained about goes on', async () => {
  const { keyId, subscriptionId, email, token, apiKey } = await mailed('complaint');
  expect(await delivery.subscription(subscriptionId)).toMatchObject({
    undeliverable: { cause: 'complaint' },
  });
  await delivery.told(keyId, ['Latchkey: an owner called a mail spam']);
  const { body } = await delivery.claim(token, 'the owner');
  expect(body.apiKey).toBe(apiKey);
  await delivery.settle();
  // Of the claim the admins hear instead.
  await delivery.told(keyId, ['Latchkey: an owner called a mail spam', gaveUp]);
  expect(await delivery.mails(email)).toHaveLength(1);

  const moved = addressOf('moved');
  const answer = await delivery.update({ subscriptionId, email: moved });
  expect(answer.mailedAgain).toEqual([]);
  await delivery.settle();
  expect(await delivery.subjects(moved)).toEqual([trouble]);
});

test('a mailbox that is full is tried again after 1, 2, 4, 8 and 16 hours, with the same link, then given up', async () => {
  const { keyId, subscriptionId, email, token } = await mailed('full');
  expect((await delivery.view(keyId)).handover).toMatchObject({
    attempts: 1,
    trouble: expect.stringMatching(/Full/),
  });
  expect(await delivery.subscription(subscriptionId)).not.toHaveProperty('undeliverable');
  let tries = 1;
  for (const hours of [1, 2, 4, 8, 16]) {
    await delivery.pass(hours * hour - 10 * minute);
    await delivery.sweep();
    expect(await delivery.mails(email)).toHaveLength(tries);
    await delivery.pass(11 * minute);
    await delivery.sweep();
    tries += 1;
    expect(await delivery.mails(email)).toHaveLength(tries);
  }
  const mails = await delivery.mails(email);
  expect(new Set(mails.map(({ subject, body }) => JSON.stringify({ subject, body }))).size).toBe(1);
  await delivery.told(keyId, []);
  await delivery.pass(day + hour);
  expect(await delivery.mails(email)).toHaveLength(tries);
  await delivery.told(keyId, [gaveUp]);
  expect((await delivery.view(keyId)).handover).toMatchObject({ attempts: 6, failedAt: expect.any(String) });

  const moved = addressOf('moved');
  await delivery.update({ subscriptionId, email: moved });
  await delivery.settle();
  expect((await delivery.claim(token, 'the owner')).body).toMatchObject({ reason: 'replaced' });
  const link = await delivery.lastMail(moved, /^Your AI Decision Engine API key$/);
  expect((await delivery.claim(tokenIn(link), 'the owner')).status).toBe(200);
});
