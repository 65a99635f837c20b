import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryOf, type TestDelivery, tokenIn } from '../stack/delivery-support.ts';
import { day, hour, minute } from '../stack/management-support.ts';
import { paymentsOf, type TestPayments } from '../stack/payment-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { dialog, goTo, keyShown, makeKey, press, shows, storeKey } from './dashboard-acts.ts';
import { type DashboardVisit, pasted, signedUp, signInAs, strangerAt } from './dashboard-visit.ts';

/** What a subscriber comes for, from one end to the other: every request goes to the stack, every mail is the one in the inbox. */

const browser = useBrowser();
let stack: TestStack;
let delivery: TestDelivery;
let payments: TestPayments;
const apiKeys: string[] = [];

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  delivery = deliveryOf(stack);
  payments = paymentsOf(stack);
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
});

async function newcomer(email: string, path = '/'): Promise<DashboardVisit> {
  const visit = await signedUp(await browser(), stack, email, path);
  return { ...visit, apiKeys };
}

test('a stranger signs up, chooses the free tier, makes a key, stores it, and has an answer of the API', async () => {
  const visit = await newcomer('ada@example.com');
  const { page, email } = visit;
  await page.getByRole('heading', { name: 'Three steps to your first call' }).waitFor();
  await keepScreen(page, 'journey-1-choose');
  await press(page, 'Start with Free');
  await page.getByLabel('Name of the key').fill('Production');
  await keepScreen(page, 'journey-2-name');
  await press(page, 'Make my key');
  const apiKey = await keyShown(visit, 'Your new key');
  await keepScreen(page, 'journey-3-key');
  await press(page, 'Copy the key');
  await page.getByText('Copied to the clipboard.').waitFor();
  expect(await pasted(page)).toBe(apiKey);

  // The mail's link ends once the key is stored.
  await delivery.settle();
  const token = tokenIn(await delivery.lastMail(email, /^Your AI Decision Engine API key$/));
  await storeKey(page);
  await page.getByText('Stored. The secret of Production is not shown again.').waitFor();
  expect(await page.content()).not.toContain(apiKey);
  expect((await delivery.claim(token, 'late')).status).toBe(410);

  await page.getByRole('link', { name: 'Make your first call' }).click();
  await shows(page, 'Get started');
  await page.getByLabel('API key', { exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+V');
  await press(page, 'Ask for a decision');
  await page.locator('.console-answer').getByText('200 OK').waitFor();
  await goTo(page, 'Overview');
  await page.getByText('1 of 100 requests').first().waitFor();
  await keepScreen(page, 'journey-4-done');

  // A reload asks the issuer, not a storage; and the key is nowhere to be found.
  await page.reload();
  await shows(page, 'Overview');
  expect(await page.content()).not.toContain(apiKey);
  expect(visit.failures).toEqual([]);
});

test('a second user sees nothing of the first: in another browser, and in the same one after signing out', async () => {
  const first = await newcomer('first@example.com', '/keys');
  const apiKey = await makeKey(first, 'Secret project');
  await storeKey(first.page);
  await first.page.getByRole('link', { name: 'Secret project' }).click();
  await shows(first.page, 'Secret project');
  const { pathname } = new URL(first.page.url());

  const second = await newcomer('second@example.com', pathname);
  for (const look of ['elsewhere', 'after signing out']) {
    const { page } = look === 'elsewhere' ? second : first;
    if (look !== 'elsewhere') {
      await page.getByRole('button', { name: 'first@example.com' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      // At the issuer, which asks on a laptop.
      await press(page, 'Sign out');
      await page.getByRole('button', { name: 'Sign in or create an account' }).click();
      await signInAs(page, second.email);
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      await page.goto(`${stack.dashboardUrl}${pathname}`);
    }
    await page.getByRole('alert').waitFor();
    await keepScreen(page, `second-user-${look}`);
    for (const name of ['Overview', 'API keys', 'Usage', 'Get started']) {
      await goTo(page, name);
      await page
        .getByText('…')
        .first()
        .waitFor({ state: 'detached' })
        .catch(() => {});
      const content = await page.content();
      for (const text of ['Secret project', 'first@example.com', apiKey.slice(0, 17)])
        expect(content, `${look}: ${name}`).not.toContain(text);
    }
  }
});

test('a key that was not stored is claimed once: by the link of the mail, without signing in, or here', async () => {
  const visit = await newcomer('claimer@example.com', '/keys');
  const { page, email } = visit;
  const first = await makeKey(visit, 'By the link');
  // While it is before them it is not offered behind the dialog.
  await page.locator('tbody tr').waitFor();
  expect(await page.getByText('Secret waits').count()).toBe(0);
  const leave = async () => {
    await press(page, 'Close without storing');
    await press(page, 'Leave');
    await page.getByText('Secret waits').first().waitFor();
    await delivery.settle();
    return tokenIn(await delivery.lastMail(email, /API key$/));
  };
  const linkOfFirst = await leave();
  const second = await makeKey(visit, 'Here');
  const linkOfSecond = await leave();

  const claiming = await strangerAt(await browser(), stack, `/claim#${linkOfFirst}`);
  claiming.apiKeys.push(linkOfFirst);
  await press(claiming.page, 'Show my API key');
  await shows(claiming.page, 'Your API key');
  expect(await claiming.page.locator('.secret').textContent()).toBe(first);
  expect(await delivery.status(first)).toBe(200);
  const again = await strangerAt(await browser(), stack, `/claim#${linkOfFirst}`);
  await press(again.page, 'Show my API key');
  await shows(again.page, 'This link has been opened already');
  await keepScreen(again.page, 'claim-again');

  await page.reload();
  await page.getByText('Secret waits').waitFor();
  await goTo(page, 'Overview');
  await press(page, 'Show the secret of Here');
  expect(await keyShown(visit, 'Your key')).toBe(second);
  await keepScreen(page, 'claim-here');
  await storeKey(page);
  const late = await strangerAt(await browser(), stack, `/claim#${linkOfSecond}`);
  await press(late.page, 'Show my API key');
  await shows(late.page, 'This link has been opened already');
}, 120_000);

/** A reload where the issuer has forgotten the sign-in, as it does after an hour: one goes on where one was. */
async function signInAgain({ page, email }: DashboardVisit, where: string): Promise<void> {
  await page.getByText('Please sign in again').waitFor();
  await press(page, 'Sign in or create an account');
  await signInAs(page, email);
  await shows(page, where);
}

/** Opens the page of the only key. */
async function openKey({ page }: DashboardVisit, name: string): Promise<void> {
  await goTo(page, 'API keys');
  await page.getByRole('link', { name }).click();
  await shows(page, name);
}

test('a lost key is rotated: the old one is refused at once, or goes on for the hours that were chosen', async () => {
  const visit = await newcomer('loser@example.com', '/keys');
  const { page } = visit;
  const lost = await makeKey(visit, 'Shop');
  await storeKey(page);

  await openKey(visit, 'Shop');
  await press(page, 'Rotate');
  await page.getByLabel('Stops at once').check();
  await keepScreen(page, 'rotate-1-at-once');
  await press(page, 'Rotate and stop the old secret');
  const fresh = await keyShown(visit, 'Your new secret');
  await dialog(page, 'Your new secret').getByText('The old secret has stopped working').waitFor();
  await keepScreen(page, 'rotate-2-shown');
  expect([await delivery.status(lost), await delivery.status(fresh)]).toEqual([401, 200]);
  await storeKey(page);

  await press(page, 'Rotate');
  await page.getByLabel('Hours', { exact: true }).fill('2');
  await dialog(page, 'Rotate Shop')
    .getByText(/^The old secret stops in 2 hours: \d+ \w+, \d\d:\d\d UTC/)
    .waitFor();
  await press(dialog(page, 'Rotate Shop'), 'Rotate');
  const next = await keyShown(visit, 'Your new secret');
  await storeKey(page);
  // Uses are noted by the second.
  await delivery.pass(minute);
  expect([await delivery.status(fresh), await delivery.status(next)]).toEqual([200, 200]);
  await page.reload();
  await page.getByText('The old secret is still in use').waitFor();
  await keepScreen(page, 'rotate-3-grace');
  await goTo(page, 'Overview');
  await page.getByText('The old secret of Shop is still in use').waitFor();
  await keepScreen(page, 'rotate-4-overview');

  await delivery.pass(2 * hour);
  expect([await delivery.status(fresh), await delivery.status(next)]).toEqual([401, 200]);
  await page.reload();
  await signInAgain(visit, 'Overview');
  await page.getByRole('link', { name: 'Shop' }).first().waitFor();
  expect(await page.getByText('The old secret').count()).toBe(0);
  expect(visit.failures).toEqual([]);
});

test('pro is paid at Stripe, and the key follows; a renewal that fails is told, and mended, before anything ends', async () => {
  const visit = await newcomer('payer@example.com', '/keys');
  const { page } = visit;
  const apiKey = await makeKey(visit, 'Shop');
  await storeKey(page);
  expect((await payments.limit({ apiKey })).limit).toBe(100);

  await goTo(page, 'Plan');
  await keepScreen(page, 'pro-1-plan');
  await press(page, 'Choose Pro');
  await keepScreen(page, 'pro-2-asked');
  await press(dialog(page, 'Pay for Pro'), 'Go to payment');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('Nothing was charged').waitFor();
  await keepScreen(page, 'pro-3-canceled');
  await press(page, 'Go on paying');
  await press(dialog(page, 'Pay for Pro'), 'Go to payment');
  await press(page, 'Pay with a card that is declined at the next renewal');
  await page.getByText('Thank you, it is paid').waitFor();
  await page.getByRole('heading', { name: 'Your tier: Pro' }).waitFor();
  await keepScreen(page, 'pro-4-paid');
  await payments.settle();
  expect((await payments.limit({ apiKey })).limit).toBe(10_000);

  expect(visit.failures).toEqual([]);
  await payments.pass(32 * day);
  await page.reload();
  await signInAgain(visit, 'Plan');
  await page.getByText('A payment is missing').waitFor();
  await page.getByText('could not be charged to your card').waitFor();
  await keepScreen(page, 'pro-5-missing');
  await goTo(page, 'Overview');
  await page.getByText('A payment is missing').waitFor();
  await keepScreen(page, 'pro-6-missing-overview');
  expect((await payments.limit({ apiKey })).limit).toBe(10_000);

  await goTo(page, 'Plan');
  await press(page, 'Pay, or change the card');
  await press(page, 'Use another card, which works');
  await page.getByText('which works').first().waitFor();
  const due = page.getByRole('button', { name: 'Pay the open invoice' });
  if (await due.isVisible()) await due.click();
  await payments.settle();
  await page.getByRole('link', { name: 'Go back' }).click();
  await page.getByText('Paid', { exact: true }).waitFor();
  await page.getByText(/^The next payment is made/).waitFor();
  expect(await page.getByText('A payment is missing').count()).toBe(0);
}, 120_000);
