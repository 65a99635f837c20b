import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exampleFor } from '../../dashboard/src/rules/example.ts';
import { setUsed } from '../stack/request-path-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { accessibilityFaults, type DashboardVisit, pasted, signedUp } from './dashboard-visit.ts';
import { faintTexts, looks, overflow } from './looks.ts';

/** The integration guide, from no key to the first answer. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

let people = 0;
async function visit(): Promise<DashboardVisit> {
  people += 1;
  return signedUp(await browser(), stack, `starter-${people}@example.com`, '/start');
}

/** Makes the first key by the guide, and stores it. */
async function makeKey({ page, apiKeys }: DashboardVisit): Promise<string> {
  await page.getByRole('button', { name: 'Make your first key' }).click();
  await page.getByLabel('Name').fill('First');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const apiKey = (await page.locator('.secret').textContent()) ?? '';
  apiKeys.push(apiKey);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.locator('.secret').waitFor({ state: 'detached' });
  return apiKey;
}

const ask = (page: Page) => page.getByRole('button', { name: 'Ask for a decision' }).click();
const keyField = (page: Page) => page.getByLabel('API key', { exact: true });
const answer = (page: Page) => page.locator('.console-answer');

/** The subscription of the one account that has this key. */
const subscriptionOf = async (apiKey: string) =>
  (await stack.request('GET', '/usage', { 'X-API-Key': apiKey })).body.subscriptionId as string;

test('from no key to an answer of the API, without leaving the page', async () => {
  const person = await visit();
  const { page } = person;
  await page.getByText('this month you have 100 requests left').waitFor();
  const apiKey = await makeKey(person);
  // The key that was just made is in the console; masked, and nowhere else.
  expect(await keyField(page).inputValue()).toBe(apiKey);
  expect(await keyField(page).getAttribute('type')).toBe('password');
  expect(await page.locator('body').innerText()).not.toContain(apiKey);

  await ask(page);
  await answer(page).getByText('200 OK').waitFor();
  await answer(page).getByText('Risk LOW: go ahead').waitFor();
  await answer(page).getByText('99 requests of 100 are left this month').waitFor();
  const shown = await answer(page).innerText();
  expect(shown).toMatch(/\d+ ms/);
  expect(shown).toMatch(/Request id [0-9a-f-]{36}/);
  expect(shown).toContain('"action_required": "EXECUTE_IMMEDIATELY"');
  expect(shown).toContain('"policy_row"');
  expect(shown).toMatch(/RateLimit\s+"month";r=99;t=\d+/);
  expect(shown).toMatch(/RateLimit-Policy\s+"month";q=100;w=\d+/);
  expect(shown).not.toContain(apiKey);
  // What it cost is told where it is told, too.
  await page.getByText('this month you have 99 requests left').waitFor();

  await answer(page).getByText('What was sent').click();
  await answer(page)
    .getByText(`X-API-Key: ${apiKey.slice(0, 10)}...`)
    .waitFor();
  await keepScreen(page, 'start-answer');
});

test('a key is gone from the console with the page', async () => {
  const person = await visit();
  const { page } = person;
  await makeKey(person);
  await page.getByRole('link', { name: 'Usage' }).click();
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor();
  expect(await keyField(page).inputValue()).toBe('');
});

test('what cannot be sent is told beside its field, and costs nothing', async () => {
  const { page } = await visit();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await ask(page);
  await page.getByText('Type or paste a key, or make one above.').waitFor();
  expect(await page.evaluate('document.activeElement.getAttribute("aria-invalid")')).toBe('true');
  await keyField(page).fill('user_ÄÖ');
  await ask(page);
  await page.getByText('A key has letters, digits and _ only').waitFor();
  await keyField(page).fill('user_0000');
  await page.getByLabel('Amount in USD').fill('a lot');
  await ask(page);
  await page.getByText('Type a number, such as 1000 or 99.5.').waitFor();
  expect(asked.filter((path) => path.includes('/decisions/'))).toEqual([]);
});

test('errors are told in plain words: a key that is refused, a bad amount, a month that is used up, a fault of ours', async () => {
  const person = await visit();
  const { page } = person;
  const apiKey = await makeKey(person);

  await keyField(page).fill(`${apiKey.slice(0, -1)}-`);
  await ask(page);
  await answer(page).getByText('401 Unauthorized').waitFor();
  await answer(page)
    .getByRole('alert')
    .getByText('It is mistyped, or was rotated, suspended or revoked.')
    .waitFor();
  await keepScreen(page, 'start-401');

  await keyField(page).fill(apiKey);
  await page.getByLabel('Amount in USD').fill('-5');
  await ask(page);
  await answer(page).getByText('400 Bad Request').waitFor();
  await page.locator('form').getByText('Is negative; expected a number from 0 to 1e15').waitFor();
  await keepScreen(page, 'start-400');

  await page.getByLabel('Amount in USD').fill('60000');
  await setUsed(stack, await subscriptionOf(apiKey), 100);
  await ask(page);
  await answer(page).getByText('429 Too Many Requests').waitFor();
  await answer(page).getByRole('alert').getByText("The month's requests are used up").waitFor();
  await answer(page)
    .getByText(/Please wait \d+ (days?|hours?|minutes?) before you try again/)
    .waitFor();
  await keepScreen(page, 'start-429');

  await page.route('**/decisions/evaluate*', (route) => route.abort());
  await ask(page);
  await answer(page).getByText('The service could not be reached').waitFor();
  await keepScreen(page, 'start-unreachable');
});

test('the programs stand there as they are tested, and are copied so', async () => {
  const { page } = await visit();
  const code = page.locator('#code');
  for (const [label, file] of [
    ['Python', 'decision_requests.py'],
    ['Python, no packages', 'decision.py'],
    ['JavaScript', 'decision.mjs'],
    ['curl', 'decision.sh'],
  ] as const) {
    await code.getByRole('tab', { name: label, exact: true }).click();
    const source = await readFile(join(import.meta.dirname, '../../dashboard/examples', file), 'utf8');
    const region = code.getByRole('region', { name: file });
    expect(await region.locator('code').textContent()).toBe(exampleFor(stack.apiUrl, source));
    await code
      .getByRole('tabpanel', { name: label, exact: true })
      .getByRole('button', { name: 'Copy' })
      .click();
    await code.getByText('Copied to the clipboard.').waitFor();
    // What was said of the copy before may still stand there.
    await vi.waitFor(async () => expect(await pasted(page)).toBe(exampleFor(stack.apiUrl, source)), 10_000);
  }
});

test('a program is downloaded under its name', async () => {
  const { page } = await visit();
  const downloading = page.waitForEvent('download');
  await page.locator('#code').getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('decision_requests.py');
  expect(await readFile(await download.path(), 'utf8')).toContain(stack.apiUrl);
});

test('languages are chosen by the arrow keys', async () => {
  const { page } = await visit();
  await page.getByRole('tab', { name: 'Python', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Python, no packages', selected: true }).waitFor();
  await page.keyboard.press('End');
  await page.getByRole('tab', { name: 'curl', selected: true }).waitFor();
  await page.getByRole('region', { name: 'decision.sh' }).waitFor();
});

test('support is offered, with what it needs to know and without the key', async () => {
  const { page } = await visit();
  const link = page.getByRole('link', { name: 'Write to support' });
  await page.locator('a[href*="Account"]').waitFor();
  const mail = new URL((await link.getAttribute('href')) ?? '');
  expect([mail.protocol, mail.pathname]).toEqual(['mailto:', 'support@aiweedcompany.com']);
  expect(mail.searchParams.get('body')).toMatch(/never the key[\s\S]*Account: sub_/);
});

test('it is complete, readable and fits, whatever the look', async () => {
  const person = await visit();
  const { page } = person;
  await keepScreen(page, 'start-empty');
  await makeKey(person);
  await ask(page);
  await answer(page).getByText('200 OK').waitFor();
  for (const [look, { colorScheme, width }] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    await keepScreen(page, `start-${look}`);
    expect(await page.evaluate(faintTexts), look).toEqual([]);
    expect(await overflow(page), look).toBe(0);
    expect(await accessibilityFaults(page), look).toEqual([]);
  }
});
