import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { dialog, goTo, keyShown, press, shows, storeKey } from './dashboard-acts.ts';
import { accessibilityFaults, signedUp, strangerAt } from './dashboard-visit.ts';

/** An API that does not answer as it should: what people are told, and that nothing is lost or done twice. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

let people = 0;
async function newcomer(path?: string) {
  people += 1;
  return signedUp(await browser(), stack, `unlucky-${people}@example.com`, path);
}

const requestId = '7c1e4d9a-5a0b-4c8e-9a55-1f0c2b7d6e21';

interface Trouble {
  readonly status: number;
  readonly title: string;
  readonly retryAfter?: string;
}
const broken: Trouble = { status: 500, title: 'The service failed' };
const down: Trouble = { status: 503, title: 'The service is overloaded', retryAfter: '30' };
const busy: Trouble = { status: 429, title: 'Too many requests', retryAfter: '120' };

type Answer = Trouble | 'lost' | undefined;

/**
 * Answers the page in the API's stead, with its headers and words, wherever `decide` gives a trouble; `lost`: it is done,
 * and its answer never arrives.
 */
async function intercept(page: Page, decide: (request: Request) => Answer): Promise<void> {
  await page.route(`${stack.apiUrl}/account**`, async (route) => {
    const request = route.request();
    const answer = request.method() === 'OPTIONS' ? undefined : decide(request);
    if (answer === undefined) return route.continue();
    if (answer === 'lost') {
      await route.fetch();
      return route.abort();
    }
    const { status, title, retryAfter } = answer;
    const { headers } = await stack.request('GET', '/account');
    return route.fulfill({
      status,
      headers: {
        ...Object.fromEntries(headers),
        'content-type': 'application/problem+json',
        ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      },
      body: JSON.stringify({
        type: 'https://docs.aiweedcompany.com/problems#not-carried-out',
        title,
        status,
        detail: 'The request was not carried out. Try again in a moment.',
        requestId,
      }),
    });
  });
}

const pages = {
  Overview: 'Three steps to your first call',
  'API keys': 'No key yet',
  Usage: 'No request yet this month',
  Plan: 'All tiers',
  Settings: 'Delete the account',
};

test('pages that meet a 500, a 503 or a 429 say so calmly, tell how long to wait and whom to ask, and go on with "Try again"', async () => {
  const { page } = await newcomer();
  let trouble: Trouble | undefined = broken;
  await page.getByText(pages.Overview).waitFor();
  await intercept(page, () => trouble);
  await page.reload();
  await shows(page, 'Overview');
  const alert = page.getByRole('main').getByRole('alert').first();
  for (const [each, says] of [
    [broken, 'The request was not carried out'],
    [down, 'Please wait 30 seconds before you try again.'],
    [busy, 'Please wait 2 minutes before you try again.'],
  ] as const) {
    trouble = each;
    for (const name of Object.keys(pages).toReversed()) {
      await goTo(page, name);
      await alert.getByText(each.title).waitFor();
      await alert.getByText(says).waitFor();
      await alert.getByText(requestId).waitFor();
      for (const help of ['support@aiweedcompany.com', 'Documentation', 'Service status'])
        expect(await alert.getByRole('link', { name: help }).isVisible()).toBe(true);
      expect(await page.getByText('undefined').count()).toBe(0);
    }
    await keepScreen(page, `trouble-${each.status}`);
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  trouble = undefined;
  for (const [name, fine] of Object.entries(pages)) {
    if (name === 'Overview') await press(page, 'Try again');
    else await goTo(page, name);
    await page.getByText(fine).first().waitFor();
    expect(await page.getByRole('main').getByRole('alert').count(), name).toBe(0);
  }
});

test('what passes within seconds is tried again by itself, and nobody is bothered', async () => {
  const { page } = await newcomer('/keys');
  const asked: string[] = [];
  await intercept(page, (request) => {
    if (!request.url().includes('/account/usage')) return undefined;
    asked.push(request.url());
    return asked.length < 3 ? { ...down, retryAfter: '1' } : undefined;
  });
  await goTo(page, 'Usage');
  await page.getByText(pages.Usage).waitFor();
  expect(asked).toHaveLength(3);
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a key whose making failed, or whose answer was lost, is made once, and what was typed stays', async () => {
  const visit = await newcomer('/keys');
  const { page } = visit;
  const answers: Answer[] = [broken, 'lost', down];
  const sent: (string | undefined)[] = [];
  await intercept(page, (request) => {
    if (request.method() !== 'POST' || !request.url().endsWith('/account/keys')) return undefined;
    sent.push(request.headers()['idempotency-key']);
    return answers.shift();
  });
  await press(page, 'Make a key');
  await page.getByLabel('Name', { exact: true }).fill('Once');
  await press(page, 'Make the key');
  const asked = dialog(page, 'Make a key');
  await asked.getByText(broken.title).waitFor();
  await keepScreen(page, 'trouble-dialog');
  // The second try loses its answer, and the third one is told to wait.
  await press(page, 'Make the key');
  await asked.getByText(down.title).waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Once');
  await press(page, 'Make the key');
  await keyShown(visit, 'Your new key');
  await storeKey(page);
  await page.getByText('1 of 5 keys').waitFor();
  expect(sent).toHaveLength(4);
  expect(new Set(sent).size).toBe(1);
  expect(sent[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test('what was loaded stays while a newer answer fails, and is said to be from before', async () => {
  const visit = await newcomer('/keys');
  const { page } = visit;
  await press(page, 'Make a key');
  await press(page, 'Make the key');
  await keyShown(visit, 'Your new key');
  await page.getByText('1 of 5 keys').waitFor();
  await intercept(page, (request) => (request.method() === 'GET' ? broken : undefined));
  await storeKey(page);
  await page.getByText('This is not the newest state of your keys').waitFor();
  expect(await page.getByText('1 of 5 keys').isVisible()).toBe(true);
  await keepScreen(page, 'trouble-from-before');
});

test('without its configuration, or the issuer, the page says so and offers the next step', async () => {
  const { page } = await strangerAt(await browser(), stack);
  await page.route(`${stack.issuerUrl}/**`, (route) => route.abort());
  await press(page, 'Sign in or create an account');
  await page.getByText('The sign-in page could not be reached').waitFor();
  await keepScreen(page, 'trouble-issuer');
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.route('**/config.json', (route) => route.fulfill({ status: 503 }));
  await page.reload();
  await shows(page, 'This page could not be loaded');
  await keepScreen(page, 'trouble-config');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.unroute('**/config.json');
  await press(page, 'Load again');
  await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
});
