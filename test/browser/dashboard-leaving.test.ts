import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hour } from '../stack/management-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { useBrowser } from './browser.ts';
import { dialog, makeKey, press, shows } from './dashboard-acts.ts';
import { signedUp } from './dashboard-visit.ts';

/** What somebody leaves behind in a browser that others use after them. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const content = (page: Page) => page.evaluate<string>('document.documentElement.outerHTML');
const welcome = (page: Page) => page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();

async function secondTab(page: Page, path: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${stack.dashboardUrl}${path}`);
  await tab.getByRole('navigation', { name: 'Pages' }).waitFor();
  return tab;
}

test('signing out ends the session in every tab: what they showed is gone, and their tokens are', async () => {
  const { page, email } = await signedUp(await browser(), stack, 'tabs@example.com', '/settings');
  const other = await secondTab(page, '/settings');
  await other.getByText(email).first().waitFor();
  const revoked = other.waitForRequest((request) => request.url().includes('/revoke'));
  await press(page, 'Sign out');
  await welcome(other);
  expect(await content(other)).not.toContain(email);
  expect((await (await revoked).response())?.status()).toBe(200);
  await other.close();
});

test('a renewal that is under way when somebody signs out brings nothing back', async () => {
  const { page, email } = await signedUp(await browser(), stack, 'renewal@example.com', '/settings');
  const other = await secondTab(page, '/keys');
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await other.route('**/token', async (route) => {
    await held;
    await route.continue();
  });
  const renewing = other.waitForRequest('**/token');
  await stack.clock.moveTo(stack.clock.now() + hour);
  await other.getByRole('link', { name: 'Usage' }).click();
  await renewing;
  await press(page, 'Sign out');
  await welcome(other);
  const revoked = other.waitForRequest((request) => request.url().includes('/revoke'));
  release();
  await revoked;
  await other.reload();
  await welcome(other);
  expect(await content(other)).not.toContain(email);
  await other.close();
});

test('the account does not wait behind the Back button after signing out', async () => {
  const { page, email } = await signedUp(await browser(), stack, 'back@example.com', '/settings');
  // The page stays, as it would be kept for the Back button.
  await page.route('**/logout?**', (route) => route.fulfill({ status: 204 }));
  const leaving = page.waitForResponse('**/logout?**');
  await press(page, 'Sign out');
  await leaving;
  expect(await content(page)).not.toContain(email);
  await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
  await welcome(page);
});

test('a key that is shown does not wait behind the Back button', async () => {
  const visit = await signedUp(await browser(), stack, 'shown@example.com', '/keys');
  const { page } = visit;
  const apiKey = await makeKey(visit, 'Shown');
  // Gone before the event is over: what is kept for the Back button is kept then.
  const left =
    "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); document.documentElement.outerHTML";
  expect(await page.evaluate<string>(left)).not.toContain(apiKey);
  await dialog(page, 'Your new key').waitFor({ state: 'detached' });
  await shows(page, 'API keys');
});
