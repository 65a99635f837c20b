import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, deliveryOf, linkIn, type TestDelivery, tokenIn } from '../stack/delivery-support.ts';
import { hour } from '../stack/management-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { press, shows } from './claim-page-support.ts';
import { pasted } from './dashboard-visit.ts';

/** From the mail to a decision of the API, with a browser, by the links as the mails hold them, and without any account. */

const browser = useBrowser();
let stack: TestStack;
let delivery: TestDelivery;
const apiKeys: string[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  delivery = deliveryOf(stack);
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
});

/** A key of a new owner, who has the mail with its link. */
async function mailed(mailbox: string) {
  const email = addressOf(mailbox);
  const made = await delivery.generate({ email, reason: 'For the new shop' });
  apiKeys.push(made.apiKey);
  await delivery.settle();
  const mail = await delivery.lastMail(email, /^Your AI Decision Engine API key$/);
  return { ...made, email, token: tokenIn(mail), link: linkIn(mail) };
}

/** Somebody opens a link in a browser of their own; what the page asked of the API is remembered. */
async function open(link: string): Promise<{ page: Page; asked: string[]; leave: () => Promise<void> }> {
  const context = await (await browser()).newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1100, height: 800 },
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === stack.apiUrl) asked.push(`${request.method()} ${pathname}`);
  });
  // With the key goes the page's question whether to leave.
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(link);
  return { page, asked, leave: () => context.close() };
}

const shot = (page: Page, name: string) => keepScreen(page, `journey-${name}`);

async function keyShown(page: Page): Promise<string> {
  await shows(page, 'Your API key');
  const apiKey = (await page.locator('#api-key').textContent()) ?? '';
  apiKeys.push(apiKey);
  return apiKey;
}

test('the link of the mail shows the key after a click, copies it, and the key calls the API', async () => {
  const { link, apiKey, keyId } = await mailed('ada');
  const { page, asked, leave } = await open(link);
  await shows(page, 'Your API key is waiting for you');
  await page.waitForLoadState('networkidle');
  expect(asked).toEqual([]);
  expect(link.startsWith(`${stack.dashboardUrl}/claim#`)).toBe(true);
  expect(page.url()).toBe(`${stack.dashboardUrl}/claim`);
  expect((await delivery.view(keyId)).handover).not.toHaveProperty('openedAt');
  await shot(page, '1-waiting');

  await press(page, 'Show my API key');
  expect(await keyShown(page)).toBe(apiKey);
  await press(page, 'Copy the key');
  await page.getByText('Copied to the clipboard.').waitFor();
  await shot(page, '2-key');
  const answer = await stack.evaluate(await pasted(page));
  expect([answer.status, answer.body.action_required]).toEqual([200, expect.any(String)]);

  await press(page, 'I have stored it');
  await shows(page, 'Done');
  expect(asked.filter((request) => request.startsWith('POST'))).toEqual([
    'POST /claims',
    'POST /claims/stored',
  ]);
  expect(await delivery.item(keyId)).not.toHaveProperty('handover.ciphertext');
  await leave();
});

test('an owner who finds the link opened by somebody else stops that key and has another by the next mail', async () => {
  const { link, apiKey, email } = await mailed('robbed');
  const thief = await open(link);
  await press(thief.page, 'Show my API key');
  expect(await keyShown(thief.page)).toBe(apiKey);
  expect(await delivery.status(apiKey)).toBe(200);
  await delivery.settle();
  // The mail that tells of it has the same link.
  const warning = await delivery.lastMail(email, /was opened$/);
  expect(linkIn(warning)).toBe(link);

  const owner = await open(linkIn(warning));
  await press(owner.page, 'Show my API key');
  await shows(owner.page, 'This link has been opened already');
  await shot(owner.page, '3-opened-already');
  await press(owner.page, 'That was not me');
  await shows(owner.page, 'Stop this key?');
  await press(owner.page, 'Stop the key and mail me a new link');
  await shows(owner.page, 'Thank you for telling us');
  await shot(owner.page, '4-disputed');
  expect(await delivery.status(apiKey)).toBe(401);

  await delivery.settle();
  const fresh = await open(linkIn(await delivery.lastMail(email, /^Your new AI Decision Engine API key/)));
  await press(fresh.page, 'Show my API key');
  const replacement = await keyShown(fresh.page);
  expect(replacement).not.toBe(apiKey);
  expect(await delivery.status(replacement)).toBe(200);

  await thief.page.reload();
  await shows(thief.page, 'Open the link in your mail');
  await thief.page.goto(link);
  await press(thief.page, 'Show my API key');
  await shows(thief.page, 'A newer link has taken the place of this one');
  await shot(thief.page, '5-replaced');
  await Promise.all([thief, owner, fresh].map(({ leave }) => leave()));
});

test('a link that has expired offers another one, which comes by mail and shows a key that works', async () => {
  const { link, email } = await mailed('away');
  await delivery.pass(73 * hour);
  const late = await open(link);
  await press(late.page, 'Show my API key');
  await shows(late.page, 'This link has expired');
  await shot(late.page, '6-expired');
  await press(late.page, 'Mail me a new link');
  await shows(late.page, 'Look into your mail');
  await shot(late.page, '7-renewed');
  await delivery.settle();
  const renewed = linkIn(
    await delivery.lastMail(email, /^(Your new|A new link to your) AI Decision Engine API key/),
  );
  expect(renewed).not.toBe(link);
  const again = await open(renewed);
  await press(again.page, 'Show my API key');
  expect(await delivery.status(await keyShown(again.page))).toBe(200);
  await Promise.all([late, again].map(({ leave }) => leave()));
});

test('a link of a mail from before leads on to the page that there is now, and loses nothing on the way', async () => {
  const { link, apiKey, token } = await mailed('patient');
  const former = await open(`${stack.apiUrl}/claim${new URL(link).hash}`);
  await press(former.page, 'Show my API key');
  expect(await keyShown(former.page)).toBe(apiKey);
  expect(former.page.url()).toBe(`${stack.dashboardUrl}/claim`);
  expect(former.asked.filter((request) => !request.startsWith('OPTIONS'))).toEqual([
    'GET /claim',
    'POST /claims',
  ]);
  // The token was in no address that anybody was sent.
  expect(await stack.logs()).not.toContain(token);
  await former.leave();
});
