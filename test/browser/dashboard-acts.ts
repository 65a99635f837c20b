import type { Locator, Page } from 'playwright-core';
import type { DashboardVisit } from './dashboard-visit.ts';

/** What people do on the dashboard's pages, by what they see and hear there. */

/** Waits for a page by its heading. */
export const shows = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

export const press = (within: Page | Locator, name: string): Promise<void> =>
  within.getByRole('button', { name, exact: true }).click();

export const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });

/** Goes to a page by the navigation. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  await shows(page, name);
}

/** Makes a key on the page of keys, which is open. @returns the key, which is shown still */
export async function makeKey(visit: DashboardVisit, name: string): Promise<string> {
  const { page } = visit;
  await press(page, 'Make a key');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await press(page, 'Make the key');
  return keyShown(visit, 'Your new key');
}

/** The key in the dialog that shows it. */
export async function keyShown({ page, apiKeys }: DashboardVisit, title: string): Promise<string> {
  const apiKey = (await dialog(page, title).locator('.secret').textContent()) ?? '';
  apiKeys.push(apiKey);
  return apiKey;
}

/** "I have stored it": the key is gone from the page. */
export async function storeKey(page: Page): Promise<void> {
  await press(page, 'I have stored it');
  await page.locator('.secret').waitFor({ state: 'detached' });
}
