import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { codeFor, goodPassword, type SignInStack } from '../stack/sign-in.ts';

/** A person before the dashboard, in a browser of their own. */
export interface DashboardVisit {
  readonly page: Page;
  readonly email: string;
  /** Keys that this person has seen: they may stand in no place that outlives the page. */
  readonly apiKeys: string[];
}

type DashboardStack = SignInStack & { readonly dashboardUrl?: string };

/**
 * Signs up with an address that has no account, and opens a page of the dashboard. Whatever the test does, afterwards: no
 * script failed, no policy was broken, and no key stands in an address, a title, storage or the console.
 */
export async function signedUp(
  browser: Browser,
  stack: DashboardStack,
  email: string,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<DashboardVisit> {
  const context = await browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const apiKeys: string[] = [];
  const said: string[] = [];
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
  page.on('dialog', (dialog) => void dialog.accept());
  onTestFinished(async () => {
    const kept = await page.evaluate<string[]>(
      '[location.href, document.title, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]',
    );
    await context.close();
    // A browser tells of each answer that is an error.
    expect(said.filter((line) => !/^Failed to load resource/.test(line))).toEqual([]);
    for (const place of [...kept, ...said, ...addresses])
      for (const apiKey of apiKeys) expect(place).not.toContain(apiKey);
  });
  await page.goto(`${stack.dashboardUrl}${path}`);
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('New password', { exact: true }).fill(goodPassword);
  await page.getByLabel('The same password again', { exact: true }).fill(goodPassword);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code', { exact: true }).fill(await codeFor(stack, email));
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return { page, email, apiKeys };
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

/** Rules of WCAG 2.2 A and AA, and good practice, that the page breaks: rule, element, what is wrong with it. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const isThere = await page.evaluate<boolean>('typeof axe === "object"');
  if (!isThere) await page.evaluate(await axe);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`);
}
