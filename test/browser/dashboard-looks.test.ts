import { afterAll, beforeAll, expect, test } from 'vitest';
import { paymentsOf, type TestPayments } from '../stack/payment-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { useBrowser } from './browser.ts';
import { dialog, goTo, makeKey, press, shows } from './dashboard-acts.ts';
import { faultsOf, phone, useMonth } from './dashboard-looks-support.ts';
import { signedUp, signInAs, strangerAt } from './dashboard-visit.ts';
import { overflow } from './looks.ts';

/** Every page and its main states, by machine: WCAG 2.2 AA in light and in dark, and nothing wider than a phone. */

const browser = useBrowser();
let stack: TestStack;
let payments: TestPayments;
beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
});
afterAll(() => stack.close());

test('a stranger, and a new account', async () => {
  const stranger = await strangerAt(await browser(), stack);
  await stranger.page.getByRole('button', { name: 'Sign in or create an account' }).waitFor();
  const faults = await faultsOf(stranger.page, 'welcome');

  const visit = await signedUp(await browser(), stack, 'new@example.com');
  const { page } = visit;
  const see = async (name: string) => faults.push(...(await faultsOf(page, name)));
  await page.getByText('Three steps to your first call').waitFor();
  await see('overview-new');
  await press(page, 'Start with Free');
  await page.getByLabel('Name of the key').waitFor();
  await see('overview-tier-chosen');
  await goTo(page, 'API keys');
  await page.getByText('No key yet').waitFor();
  await see('keys-empty');
  await goTo(page, 'Usage');
  await page.getByText('No request yet this month').waitFor();
  await see('usage-empty');
  await goTo(page, 'Plan');
  await page.getByText('All tiers').waitFor();
  await see('plan-free');
  await press(page, 'Choose Pro');
  await dialog(page, 'Pay for Pro').waitFor();
  await see('plan-pay');
  await page.keyboard.press('Escape');
  await press(page, 'Ask for Enterprise');
  await dialog(page, 'Ask for Enterprise').waitFor();
  await see('plan-ask');
  await press(page, 'Send the request');
  await page.getByText('Your request for Enterprise').waitFor();
  await see('plan-asked');
  await goTo(page, 'Settings');
  await page.getByText('Delete the account').first().waitFor();
  await see('settings');
  await page.goto(`${stack.dashboardUrl}/nothing-here`);
  await shows(page, 'There is no such page');
  await see('not-found');

  await goTo(page, 'API keys');
  await press(page, 'Make a key');
  await dialog(page, 'Make a key').waitFor();
  await see('key-make');
  await page.keyboard.press('Escape');
  await makeKey(visit, 'First');
  await see('key-shown');
  await press(page, 'Close without storing');
  await dialog(page, 'Leave without storing it?').waitFor();
  await see('key-leave');
  await press(page, 'Leave');
  await page.getByText('Secret waits').waitFor();
  await see('keys-waiting');
  await page.getByRole('link', { name: 'First' }).click();
  await page.getByText('A secret waits for you').waitFor();
  await see('key-waiting');
  await press(page, 'Rotate');
  await dialog(page, 'Rotate First').waitFor();
  await see('key-rotate');
  await page.keyboard.press('Escape');
  await press(page, 'Revoke');
  await dialog(page, 'Revoke First?').waitFor();
  await page.keyboard.press('Enter');
  await see('key-revoke');
  expect(faults).toEqual([]);
}, 120_000);

test('an account in use, and one in trouble', async () => {
  const email = 'grace@example.com';
  const payer = await payments.begin(email);
  const { body } = await payer.call('POST', '/account/keys', { name: 'Staging', prefix: 'test' });
  for (const { keyId, version } of [{ keyId: payer.keyId, version: 1 }, body])
    await payer.call('POST', `/account/keys/${keyId}/stored`, { version });
  await useMonth(stack, payer, body.keyId);
  const stranger = await strangerAt(await browser(), stack);
  const { page } = stranger;
  await press(page, 'Sign in or create an account');
  await signInAs(page, email);
  const faults: string[] = [];
  const see = async (name: string) => faults.push(...(await faultsOf(page, name)));
  await page.getByText('What happens next').waitFor();
  await page.getByText('RateLimit-Policy').waitFor();
  await see('overview');
  await goTo(page, 'API keys');
  await page.getByText('2 of 5 keys').waitFor();
  await see('keys');
  await page.getByRole('link', { name: 'Production' }).click();
  await page.getByText('Key made').waitFor();
  await see('key');
  await goTo(page, 'Usage');
  await page.getByText('Key by key').waitFor();
  await page.getByText('The same as a table').click();
  await see('usage');
  await goTo(page, 'Plan');
  await page.getByText('Paid', { exact: true }).waitFor();
  await see('plan-pro');
  await press(page, 'Change to Free');
  await dialog(page, 'Change to Free?').waitFor();
  await see('plan-end');
  await page.keyboard.press('Escape');
  await goTo(page, 'Settings');
  await page.getByText('Delete the account').first().waitFor();
  await press(page, 'Delete the account…');
  await page.getByRole('dialog').waitFor();
  await see('settings-delete');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: email }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await see('menu');
  await page.keyboard.press('Escape');

  await stack.manage('suspend-key', { keyId: payer.keyId, reason: 'Asked for it', requestedBy: 'an admin' });
  const { body: rotated } = await payer.call('POST', `/account/keys/${body.keyId}/rotate`, {
    graceHours: 12,
  });
  await stack.clock.moveTo(stack.clock.now() + 2000);
  await stack.evaluate(body.apiKey);
  expect(rotated.version).toBe(2);
  await page.goto(`${stack.dashboardUrl}/`);
  await page.getByText('Production is suspended').waitFor();
  await page.getByText('The old secret of Staging is still in use').waitFor();
  await see('overview-trouble');
  await goTo(page, 'API keys');
  await page.getByText('Suspended').waitFor();
  await see('keys-trouble');
  await page.getByRole('link', { name: 'Production' }).click();
  await page.getByText('every request with it is refused').waitFor();
  await see('key-suspended');
  expect(faults).toEqual([]);
}, 120_000);

test('on a phone every page is reached, by the bar and its menu', async () => {
  const { page } = await signedUp(await browser(), stack, 'phone@example.com', '/', {
    viewport: phone,
    hasTouch: true,
    isMobile: true,
  });
  const inMenu = ['Alerts', 'Plan', 'Settings'];
  const reached: string[] = [];
  for (const name of ['Overview', 'API keys', 'Usage', 'Get started', 'Alerts', 'Plan', 'Settings']) {
    if (inMenu.includes(name)) {
      await page.getByRole('button', { name: /More/ }).tap();
      await page.getByRole('menuitem', { name }).tap();
    } else
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).tap();
    await shows(page, name);
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    expect(await overflow(page), name).toBe(0);
    reached.push(new URL(page.url()).pathname);
  }
  expect(reached).toEqual(['/', '/keys', '/usage', '/start', '/alerts', '/plan', '/settings']);
});

test('while answers are on their way, every page keeps their room, and says so to screen readers', async () => {
  const { page } = await signedUp(await browser(), stack, 'waiting@example.com');
  await page.getByText('Three steps to your first call').waitFor();
  await page.route(`${stack.apiUrl}/account**`, () => {});
  const faults: string[] = [];
  for (const [name, path] of Object.entries({
    overview: '/',
    keys: '/keys',
    usage: '/usage',
    plan: '/plan',
  })) {
    await page.goto(`${stack.dashboardUrl}${path}`);
    await page.locator('main [aria-busy="true"]').first().waitFor();
    // The page itself, and not the room that is kept while its script comes.
    await page.getByRole('heading', { level: 1 }).waitFor();
    faults.push(...(await faultsOf(page, `${name}-loading`)));
  }
  expect(faults).toEqual([]);
}, 120_000);
