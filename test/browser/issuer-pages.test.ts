import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type IssuerUnderTest, startTestIssuer, userPoolTemplate } from '../local/issuer/support.ts';
import { codeFor, goodPassword } from '../stack/sign-in.ts';
import { keepScreen, useBrowser } from './browser.ts';
import { faintTexts, looks, overflow } from './looks.ts';

/** The issuer's pages as people use them: no script runs on them, so that nothing depends on one. */

const browser = useBrowser();
let dashboard: Server;
let origin: string;
let stack: IssuerUnderTest;

beforeAll(async () => {
  dashboard = createServer((_request, response) => response.end('<h1>Dashboard</h1>')).listen(0, '127.0.0.1');
  await once(dashboard, 'listening');
  origin = `http://127.0.0.1:${(dashboard.address() as AddressInfo).port}`;
  const client = { CallbackURLs: [`${origin}/signed-in`], LogoutURLs: [`${origin}/`] };
  stack = await startTestIssuer(userPoolTemplate({ client }));
});
afterAll(async () => {
  await stack.close();
  dashboard.close();
});

const authorize = (parameters: Record<string, string> = {}) =>
  `${stack.issuerUrl}/oauth2/authorize?${new URLSearchParams({
    client_id: stack.pool.client.clientId,
    redirect_uri: `${origin}/signed-in`,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'mine',
    ...parameters,
  })}`;

/** A page that signs in, in a browser that has never been here, and where whatever is refused or fails is found out. */
async function visit(): Promise<Page> {
  const context = await (await browser()).newContext();
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  onTestFinished(async () => {
    await context.close();
    // A browser tells of each answer that is an error; of what a policy refused it tells otherwise.
    expect(
      said.filter((line) => !/^(Failed to load resource|Autofocus processing was blocked)/.test(line)),
    ).toEqual([]);
  });
  await page.goto(authorize());
  return page;
}

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Types into fields by their labels, presses Enter, and waits for what comes. */
async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(text);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
}

const passwords = (password: string) => ({
  'New password': password,
  'The same password again': password,
});

async function signedIn(page: Page): Promise<void> {
  await heading(page, 'Dashboard');
  const { pathname, searchParams } = new URL(page.url());
  expect([pathname, searchParams.get('state')]).toEqual(['/signed-in', 'mine']);
  expect(searchParams.get('code')).toBeTruthy();
}

test('a person creates an account, signs out, forgets the password, and signs in with another', async () => {
  const email = 'ada@example.com';
  const page = await visit();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await heading(page, 'Create an account');
  await fill(page, { 'E-mail': email, ...passwords('short') });
  expect(await page.getByRole('alert').getByRole('listitem').allTextContents()).toHaveLength(4);
  expect(await page.getByLabel('E-mail').inputValue()).toBe(email);
  await fill(page, passwords(goodPassword));
  await heading(page, 'Enter the code');
  await fill(page, { Code: await codeFor(stack, email) });
  await signedIn(page);

  // Signed in already, nobody is asked again.
  await page.goto(authorize());
  await signedIn(page);
  await page.goto(
    `${stack.issuerUrl}/logout?${new URLSearchParams({
      client_id: stack.pool.client.clientId,
      post_logout_redirect_uri: `${origin}/`,
    })}`,
  );
  await heading(page, 'Sign out?');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Dashboard');
  expect(page.url()).toBe(`${origin}/`);

  await page.goto(authorize());
  await fill(page, { 'E-mail': email, Password: 'Not-the-password-1' });
  expect(await page.getByRole('alert').textContent()).toBe('E-mail or password is wrong.');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await fill(page, { 'E-mail': email });
  await heading(page, 'Choose a new password');
  await fill(page, { Code: await codeFor(stack, email), ...passwords('A-new-password-1') });
  await signedIn(page);
});

test('a new code can be asked for', async () => {
  const email = 'grace@example.com';
  const page = await visit();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await fill(page, { 'E-mail': email, ...passwords(goodPassword) });
  await heading(page, 'Enter the code');
  await codeFor(stack, email);
  await page.getByRole('button', { name: 'Send a new code' }).click();
  await heading(page, 'Enter the code');
  await fill(page, { Code: await codeFor(stack, email) });
  await signedIn(page);
});

/** Fields that nobody can tell the use of who cannot see where they stand. */
const unlabelled = `[...document.querySelectorAll('input:not([type="hidden"])')]
  .filter((field) => field.labels.length !== 1)
  .map((field) => field.outerHTML)`;

/** Every page, with the most that it can show. */
const pages: Record<string, (page: Page) => Promise<void>> = {
  'sign-in': (page) => fill(page, { 'E-mail': 'nobody@example.com', Password: 'x' }),
  'sign-up': async (page) => {
    await page.getByRole('link', { name: 'Create an account' }).click();
    await fill(page, {
      'E-mail': 'a-rather-long-address-of-somebody@subdomain.example.com',
      ...passwords('x'),
    });
  },
  code: async (page) => {
    await page.getByRole('link', { name: 'Create an account' }).click();
    const email = `${'long'.repeat(12)}@subdomain.example.com`;
    await fill(page, { 'E-mail': email, ...passwords(goodPassword) });
    await heading(page, 'Enter the code');
    await fill(page, { Code: '0' });
  },
  'forgotten-password': (page) => page.getByRole('link', { name: 'Forgotten your password?' }).click(),
  'new-password': async (page) => {
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await fill(page, { 'E-mail': 'nobody@example.com' });
    await heading(page, 'Choose a new password');
    await fill(page, { Code: '0', ...passwords('x') });
  },
  error: async (page) => {
    await page.goto(authorize({ redirect_uri: 'https://example.com/' }));
  },
  'signed-out': async (page) => {
    await page.goto(`${stack.issuerUrl}/logout/success`);
  },
};

test.each(Object.entries(pages))(
  'the page %s is readable and fits, whatever the look',
  async (name, reach) => {
    const page = await visit();
    await reach(page);
    for (const [look, { colorScheme, width }] of Object.entries(looks)) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await keepScreen(page, `issuer-${name}-${look}`);
      expect(await page.evaluate(faintTexts), look).toEqual([]);
      expect(await overflow(page), look).toBe(0);
    }
    expect(await page.evaluate(unlabelled)).toEqual([]);
  },
);
