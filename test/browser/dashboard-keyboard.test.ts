import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { codeFor, goodPassword } from '../stack/sign-in.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { useBrowser } from './browser.ts';
import { dialog, goTo, keyShown, shows } from './dashboard-acts.ts';
import { type DashboardVisit, strangerAt } from './dashboard-visit.ts';

/** Without a mouse: everything is reached by Tab, in the order in which it is read, and one always sees where one is. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

interface Stop {
  readonly name: string;
  readonly hasRing: boolean;
  /** Nothing lies above all of it. */
  readonly isAbove: boolean;
  readonly isInDialog: boolean;
  readonly isGuard: boolean;
}

const stop = `(() => {
  const at = document.activeElement;
  const label = at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  // Some of it must be seen: one line of several, or a part of what is larger than the window.
  const isAbove = [...at.getClientRects()].some(({ left, right, top, bottom }) =>
    [0.1, 0.5, 0.9].some((part) => {
      const y = Math.max(top, 0) + part * (Math.min(bottom, innerHeight) - Math.max(top, 0));
      return at.contains(document.elementFromPoint((left + right) / 2, y));
    }),
  );
  return {
    name: at === document.body ? '' : label.trim().replace(/\\s+/g, ' ').slice(0, 60),
    hasRing: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isAbove,
    isGuard: at.hasAttribute('data-base-ui-focus-guard'),
    isInDialog: at.closest('[role="dialog"]') !== null,
  };
})()`;

const here = (page: Page) => page.evaluate<Stop>(stop);

async function tab(page: Page, key = 'Tab'): Promise<Stop> {
  await page.keyboard.press(key);
  // The ends of a dialog lead to each other by way of elements that nobody stays on.
  const at = await vi.waitFor(async () => {
    const found = await here(page);
    expect(found.isGuard).toBe(false);
    return found;
  }, 10_000);
  expect(at, 'where the focus is, is seen').toMatchObject({ hasRing: true, isAbove: true });
  return at;
}

/** Presses Tab until a control has the focus. @returns the names of those on the way, and its own */
async function tabTo(page: Page, name: string, most = 20): Promise<string[]> {
  const names: string[] = [];
  while (names.length < most && names.at(-1) !== name) names.push((await tab(page)).name);
  expect(names.at(-1), `within ${names.join(', ')}`).toBe(name);
  return names;
}

/** Once around a dialog, which takes the focus and keeps it. @returns what it has */
async function around(page: Page): Promise<string[]> {
  await vi.waitFor(async () => expect((await here(page)).isInDialog).toBe(true), { timeout: 5000 });
  const names: string[] = [];
  while (names.length < 12 && (names.length < 2 || names.at(-1) !== names[0])) {
    const at = await tab(page);
    expect(at.isInDialog, `"${at.name}" is in the dialog`).toBe(true);
    names.push(at.name);
  }
  expect(names.at(-1)).toBe(names[0]);
  return names;
}

const type = (page: Page, text: string) => page.keyboard.type(text);
const enter = (page: Page) => page.keyboard.press('Enter');

test('from signing up to the first key, and around the dialogs and the menu, by keyboard alone', async () => {
  const email = 'keys-only@example.com';
  const stranger = await strangerAt(await browser(), stack);
  const { page } = stranger;
  const visit: DashboardVisit = { ...stranger, email };
  await page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
  await tabTo(page, 'Sign in or create an account', 1);
  await enter(page);
  await page.getByRole('link', { name: 'Create an account' }).waitFor();
  await tabTo(page, 'Create an account');
  await enter(page);
  await page.getByLabel('New password', { exact: true }).waitFor();
  await page.getByLabel('E-mail', { exact: true }).focus();
  await type(page, email);
  await tabTo(page, 'New password', 1);
  await type(page, goodPassword);
  await tabTo(page, 'The same password again', 1);
  await type(page, goodPassword);
  await enter(page);
  await page.getByLabel('Code', { exact: true }).focus();
  await type(page, await codeFor(stack, email));
  await enter(page);

  await page.getByRole('button', { name: 'Start with Free' }).waitFor();
  expect(await tabTo(page, 'Start with Free')).toEqual([
    'Skip to the content',
    'AI Decision Engine',
    'Overview',
    'API keys',
    'Alerts',
    'Usage',
    'Get started',
    'Plan',
    'Settings',
    expect.stringContaining(email),
    'Start with Free',
  ]);
  await page.reload();
  await page.getByRole('button', { name: 'Start with Free' }).waitFor();
  // Past the navigation by one press.
  await tabTo(page, 'Skip to the content', 1);
  await enter(page);
  await tabTo(page, 'Start with Free', 1);
  await enter(page);
  await page.getByLabel('Name of the key').waitFor();
  await tabTo(page, 'Name of the key (optional)', 2);
  await type(page, 'By hand');
  await enter(page);

  const apiKey = await keyShown(visit, 'Your new key');
  expect(await around(page)).toEqual(
    expect.arrayContaining(['Copy the key', 'Download as .env', 'Close without storing', 'I have stored it']),
  );
  // Not by a slip of the finger.
  await page.keyboard.press('Escape');
  await dialog(page, 'Leave without storing it?').waitFor();
  await around(page);
  await tabTo(page, 'Back to the key');
  await enter(page);
  await dialog(page, 'Your new key').getByText(apiKey).waitFor();
  await tabTo(page, 'I have stored it');
  await enter(page);
  await dialog(page, 'Your new key').waitFor({ state: 'detached' });
  // The form that led to the dialog is gone: the focus is handed on, and not to nothing.
  await vi.waitFor(async () => expect((await here(page)).name).not.toBe(''), 10_000);
  await tabTo(page, 'Make your first call', 3);

  await page.keyboard.press('Shift+Tab');
  await goTo(page, 'API keys');
  // The new page begins at its heading.
  expect((await here(page)).name).toBe('API keys');
  await tabTo(page, 'Make a key', 1);
  await enter(page);
  await dialog(page, 'Make a key').waitFor();
  // A form can be typed into at once.
  await vi.waitFor(async () => expect((await here(page)).name).toBe('Name'), 10_000);
  expect(await around(page)).toEqual(expect.arrayContaining(['Name', 'Prefix', 'Cancel', 'Make the key']));
  await page.keyboard.press('Escape');
  await dialog(page, 'Make a key').waitFor({ state: 'detached' });
  expect((await here(page)).name).toBe('Make a key');
  await tabTo(page, 'By hand', 1);
  await enter(page);
  await shows(page, 'By hand');
  expect(await tabTo(page, 'Revoke')).toEqual(['Rotate', 'Suspend', 'Revoke']);
  await enter(page);
  await dialog(page, 'Revoke By hand?').waitFor();
  await around(page);
  await tabTo(page, 'Keep it');
  await enter(page);
  await dialog(page, 'Revoke By hand?').waitFor({ state: 'detached' });
  expect((await here(page)).name).toBe('Revoke');

  const menu = page.getByRole('button', { name: email });
  await menu.focus();
  await enter(page);
  await page.getByRole('menuitemradio', { name: 'As the system' }).waitFor();
  await vi.waitFor(async () => {
    await page.keyboard.press('End');
    expect((await here(page)).name).toBe('Sign out');
  }, 10_000);
  await page.keyboard.press('Escape');
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor({ state: 'detached' });
  expect((await here(page)).name).toContain(email);

  await page.locator('.announcer p').waitFor({ state: 'detached' });
  // On a phone, nothing that has the focus is below the bar at the bottom.
  await page.setViewportSize({ width: 390, height: 700 });
  for (const name of ['API keys', 'Get started', 'Overview', 'Usage']) {
    await goTo(page, name);
    const end = 'Service status (opens in a new tab)';
    await tabTo(page, end, 60);
    // And back, for then they come from below.
    for (let at = end; at !== name && at !== ''; ) at = (await tab(page, 'Shift+Tab')).name;
  }
});
