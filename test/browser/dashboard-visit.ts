import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { codeFor, goodPassword, type SignInStack } from '../stack/sign-in.ts';
import { keepScreen } from './browser.ts';

/** A person before the dashboard, in a browser of their own. */
export interface DashboardVisit {
  readonly page: Page;
  readonly email: string;
  /** Keys that this person has seen: they may stand in no place that outlives the page. */
  readonly apiKeys: string[];
  /** What the browser told of answers that were errors: it does so for each. */
  readonly failures: readonly string[];
}

type DashboardStack = SignInStack & { readonly dashboardUrl?: string };

/**
 * Opens a page of the dashboard as a stranger. Whatever the test does, afterwards: no script failed, no policy was broken,
 * and nothing that opens anything (keys, tokens) stands in an address, a title, storage, a cookie or the console.
 */
export async function strangerAt(
  browser: Browser,
  stack: DashboardStack,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Omit<DashboardVisit, 'email'>> {
  const context = await browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1280, height: 900 },
    // What fades is looked at when it has faded.
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const apiKeys: string[] = [];
  const watched = watch(context, stack.dashboardUrl ?? '');
  page.on('dialog', (dialog) => void dialog.accept());
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await keepScreen(page, `failed-${task.name}`.slice(0, 60));
    const kept = await page.evaluate<Kept>(whatIsKept);
    await context.close();
    expect(watched.said).toEqual([]);
    expect(watched.cookies).toEqual([]);
    expect({ ...kept, address: '', title: '' }).toEqual({
      address: '',
      title: '',
      local: expect.toSatisfy((names: string[]) => names.every((name) => mayBeKept.has(name))),
      session: [],
      databases: [],
      caches: [],
    });
    const places = [kept.address, kept.title, ...watched.addresses, ...watched.failures];
    for (const secret of [...apiKeys, ...watched.secrets])
      expect(places.filter((place) => place.includes(secret))).toEqual([]);
  });
  await page.goto(`${stack.dashboardUrl}${path}`);
  return { page, apiKeys, failures: watched.failures };
}

/** Signs up with an address that has no account, at the issuer's pages, and comes back to a page of the dashboard. */
export async function signedUp(
  browser: Browser,
  stack: DashboardStack,
  email: string,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<DashboardVisit> {
  const visit = await strangerAt(browser, stack, path, options);
  const { page } = visit;
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('New password', { exact: true }).fill(goodPassword);
  await page.getByLabel('The same password again', { exact: true }).fill(goodPassword);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code', { exact: true }).fill(await codeFor(stack, email));
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return { ...visit, email };
}

/** Signs in at the issuer's page, which is open. */
export async function signInAs(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(goodPassword);
  await page.keyboard.press('Enter');
}

/** That one has been here, and the colours that one likes. */
const mayBeKept = new Set(['signed-in-before', 'theme']);

interface Kept {
  readonly address: string;
  readonly title: string;
  readonly local: readonly string[];
  readonly session: readonly string[];
  readonly databases: readonly string[];
  readonly caches: readonly string[];
}

const whatIsKept = `(async () => ({
  address: location.href,
  title: document.title,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(({ name }) => name),
  caches: await caches.keys(),
}))()`;

/** Collects what the pages of a context say and ask for, and whatever of it must not be found anywhere. */
function watch(context: BrowserContext, dashboardUrl: string) {
  const said: string[] = [];
  const failures: string[] = [];
  const addresses: string[] = [];
  const cookies: string[] = [];
  const secrets = new Set<string>();
  context.on('request', (request) => addresses.push(request.url()));
  context.on('console', (message) => {
    // The tests type faster than the issuer's page can take the focus to its first field: no fault of anybody's.
    if (message.text().startsWith('Autofocus processing was blocked')) return;
    const isOfAnswer = /^Failed to load resource/.test(message.text());
    (isOfAnswer ? failures : said).push(message.text());
  });
  context.on('weberror', (error) => said.push(`uncaught: ${error.error().message}`));
  context.on('response', (response) => {
    if (response.url().startsWith(dashboardUrl) && 'set-cookie' in response.headers())
      cookies.push(response.url());
    void secretsIn(response).then((found) => {
      for (const secret of found) secrets.add(secret);
    });
  });
  return { said, failures, addresses, cookies, secrets };
}

/** The tokens of a sign-in, and keys. */
async function secretsIn(response: Response): Promise<string[]> {
  if (response.request().method() !== 'POST' || !/json/.test(response.headers()['content-type'] ?? ''))
    return [];
  // A page that has been left has its answers no more.
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return ['id_token', 'access_token', 'refresh_token', 'apiKey'].flatMap((name) =>
    typeof body[name] === 'string' ? [body[name]] : [],
  );
}

/** What the clipboard holds, for a page itself may not read it. */
export async function pasted(page: Page): Promise<string> {
  const other = await page.context().newPage();
  await other.setContent('<textarea autofocus></textarea>');
  await other.locator('textarea').press('ControlOrMeta+V');
  const text = await other.locator('textarea').inputValue();
  await other.close();
  return text;
}

let axe: Promise<string> | undefined;

/**
 * Rules of WCAG 2.2 A and AA, and good practice, that the page breaks: rule, element, what is wrong with it.
 * @param only these rules, such as `['color-contrast']`; absent: all
 */
export async function accessibilityFaults(page: Page, only?: readonly string[]): Promise<string[]> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const isThere = await page.evaluate<boolean>('typeof axe === "object"');
  if (!isThere) await page.evaluate(await axe);
  const options = { resultTypes: ['violations'], ...(only === undefined ? {} : { runOnly: only }) };
  return page.evaluate<string[]>(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`);
}
