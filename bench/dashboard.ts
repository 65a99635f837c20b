import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { type RunningStack, startStack } from '../local/start-stack.ts';
import { launchBrowser } from '../test/browser/browser.ts';

/**
 * How fast the dashboard's pages come, on a local stack with nothing in the browser's cache: `npm run bench:dashboard
 * [-- <runs>]`. `first paint` and `largest` are the browser's own measures (First and Largest Contentful Paint), `ready` is
 * when the last thing that people wait for is shown; milliseconds, median and worst. `layout shift` is CLS. Overview is a
 * reload: the issuer is asked, then the API. Nothing is slowed down, so that it tells what the pages cost, not the network.
 */
const runs = Number(process.argv[2] ?? 7);
const email = 'bench@example.com';
const password = 'Correct-horse-7-battery';

interface Measured {
  readonly paint: number;
  readonly largest: number;
  readonly ready: number;
  readonly shift: number;
  readonly requests: number;
  readonly kilobytes: number;
}

const collect = `new Promise((resolve) => {
  const ready = performance.now();
  let largest = 0;
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) largest = Math.max(largest, startTime);
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
  // What is buffered arrives with the next frame.
  requestAnimationFrame(() => setTimeout(() => {
    const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    resolve({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      largest,
      ready,
      shift,
      requests: loaded.length,
      kilobytes: Math.round(loaded.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1024),
    });
  }));
})`;

/** What the browser has measured of the page that is open. */
const figures = (page: Page): Promise<Measured> => page.evaluate<Measured>(collect);

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const ports = { dashboardPort: 0, port: 0, awsPort: 0, inboxPort: 0, issuerPort: 0, stripePort: 0 };
const stack = await startStack({ stage: 'dev', dataDir: folder, ...ports });
const browser = await launchBrowser();
try {
  await signUp(browser, stack);
  const rows = [
    await measured('a stranger', () => firstVisit(browser, stack)),
    await measured('overview, after signing in', () => overview(browser, stack)),
  ];
  console.table(rows);
} finally {
  await browser.close();
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
}

/** @returns a row of the table */
async function measured(
  page: string,
  run: () => Promise<Measured>,
): Promise<Record<string, string | number>> {
  // The first one wakes what sleeps.
  await run();
  const all: Measured[] = [];
  for (let number = 0; number < runs; number++) all.push(await run());
  const told = (name: keyof Measured) => {
    const sorted = all.map((each) => each[name]).toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return `${Math.round(median)} / ${Math.round(sorted.at(-1) ?? 0)}`;
  };
  return {
    page,
    'first paint': told('paint'),
    largest: told('largest'),
    ready: told('ready'),
    'layout shift': Math.max(...all.map(({ shift }) => shift)).toFixed(3),
    requests: Math.max(...all.map(({ requests }) => requests)),
    'kB loaded': Math.max(...all.map(({ kilobytes }) => kilobytes)),
  };
}

/** With an address that has no account. */
async function signUp(from: Browser, { dashboardUrl = '', inboxUrl }: RunningStack): Promise<void> {
  const page = await from.newPage();
  await toSignIn(page, dashboardUrl);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('The same password again', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  // The page asks for the code once its mail is on its way.
  const code = page.getByLabel('Code', { exact: true });
  await code.waitFor();
  await code.fill(await codeIn(inboxUrl));
  await page.keyboard.press('Enter');
  await page.getByText('Three steps to your first call').waitFor();
  await page.close();
}

async function toSignIn(page: Page, dashboardUrl: string): Promise<void> {
  await page.goto(dashboardUrl);
  await page.getByRole('button', { name: 'Sign in or create an account' }).click();
}

/** @throws Error where no mail with a code has come within ten seconds */
async function codeIn(inboxUrl: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const digits = /\b\d{6}\b/.exec(await (await fetch(`${inboxUrl}/store`)).text())?.[0];
    if (digits !== undefined) return digits;
    await setTimeout(100);
  }
  throw new Error('no mail with a code has come');
}

async function firstVisit(from: Browser, { dashboardUrl = '' }: RunningStack): Promise<Measured> {
  const context = await from.newContext();
  try {
    const page = await context.newPage();
    await page.goto(dashboardUrl, { waitUntil: 'commit' });
    await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
    return await figures(page);
  } finally {
    await context.close();
  }
}

async function overview(from: Browser, { dashboardUrl = '' }: RunningStack): Promise<Measured> {
  const context = await from.newContext();
  try {
    const page = await context.newPage();
    await toSignIn(page, dashboardUrl);
    await page.getByLabel('E-mail', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('Three steps to your first call').waitFor();
    return await figures(page);
  } finally {
    await context.close();
  }
}
