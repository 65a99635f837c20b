import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hour } from '../stack/management-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { dialog, goTo, keyShown, press, shows, storeKey } from './dashboard-acts.ts';
import { signedUp, signInAs } from './dashboard-visit.ts';

/** A sign-in that ends while somebody is at work: a day after it began, tokens and the issuer's own session are gone. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const pass = (milliseconds: number) => stack.clock.moveTo(stack.clock.now() + milliseconds);
const expired = (page: Page) => dialog(page, 'Please sign in again');

/** The page with all its answers: what it still asked for would bring up the dialog before its time. */
async function isThere(page: Page): Promise<void> {
  await page.getByText('No key yet').waitFor();
  const account = JSON.stringify(`${stack.apiUrl}/account`);
  await expect
    .poll(() => page.evaluate<number>(`performance.getEntriesByName(${account}).length`), { timeout: 20_000 })
    .toBeGreaterThan(0);
}

/** Signs in by the window that "Sign in" opens, which closes by itself. */
async function signInByWindow(page: Page, email: string): Promise<void> {
  const opening = page.context().waitForEvent('page');
  await press(expired(page), 'Sign in');
  const window = await opening;
  const closing = window.waitForEvent('close');
  await signInAs(window, email);
  await closing;
}

test('a token that ends is renewed unseen', async () => {
  const { page, failures } = await signedUp(await browser(), stack, 'hours@example.com', '/keys');
  await page.getByText('No key yet').waitFor();
  await pass(hour);
  await goTo(page, 'Usage');
  await page.getByText('No request yet this month').waitFor();
  expect(await expired(page).count()).toBe(0);
  // The token that had ended was refused, and no more than that went wrong.
  expect(failures.filter((line) => !line.includes('401'))).toEqual([]);
});

test('whoever has to sign in again goes on where they were: what was typed is sent, the key is made, nothing is asked twice', async () => {
  const visit = await signedUp(await browser(), stack, 'days@example.com', '/keys');
  const { page, email } = visit;
  await isThere(page);
  await press(page, 'Make a key');
  await page.getByLabel('Name', { exact: true }).fill('Typed before');
  await page.getByLabel('Prefix', { exact: true }).fill('shop');
  await pass(25 * hour);
  await press(page, 'Make the key');
  await expired(page).getByText(email).waitFor();
  await keepScreen(page, 'expired-dialog');
  await signInByWindow(page, email);
  expect(await keyShown(visit, 'Your new key')).toMatch(/^shop_/);
  expect(await expired(page).count()).toBe(0);
  await storeKey(page);
  await page.getByRole('link', { name: 'Typed before' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(1);
}, 120_000);

test('"Not now" keeps the page and what was typed, says so, and lets one sign in later', async () => {
  const visit = await signedUp(await browser(), stack, 'later@example.com', '/keys');
  const { page, email } = visit;
  await isThere(page);
  await press(page, 'Make a key');
  await page.getByLabel('Name', { exact: true }).fill('Kept');
  await pass(25 * hour);
  await press(page, 'Make the key');
  await press(expired(page), 'Not now');
  await dialog(page, 'Make a key').getByText('You are signed out').waitFor();
  // The banner is behind the dialog: it has a way of its own.
  await press(dialog(page, 'Make a key'), 'Sign in');
  await press(expired(page), 'Not now');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Kept');
  await keepScreen(page, 'expired-put-off');
  await press(page, 'Cancel');
  await page.getByText('What you see is from before.').waitFor();
  await press(page, 'Sign in');
  await signInByWindow(page, email);
  await page.getByText('What you see is from before.').waitFor({ state: 'detached' });
  await shows(page, 'API keys');
  await press(page, 'Make a key');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Kept');
  await press(page, 'Make the key');
  await keyShown(visit, 'Your new key');
  await storeKey(page);
}, 120_000);

test('whoever comes back as somebody else finds nothing of the former one', async () => {
  const other = await signedUp(await browser(), stack, 'other@example.com');
  const { page } = await signedUp(await browser(), stack, 'former@example.com', '/keys');
  await isThere(page);
  await press(page, 'Make a key');
  await page.getByLabel('Name', { exact: true }).fill('Of the former');
  await pass(25 * hour);
  await press(page, 'Make the key');
  await signInByWindow(page, other.email);
  await shows(page, 'Overview');
  await page.getByText(`The account of ${other.email}.`).waitFor();
  await goTo(page, 'API keys');
  await page.getByText('No key yet').waitFor();
  await press(page, 'Make a key');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('');
  expect(await page.content()).not.toContain('former');
}, 120_000);
