import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AlertItem } from '../../functions/alerts/rules/index.ts';
import { newSubscriber, type Subscriber } from '../stack/account-support.ts';
import { alertItem, holdFor, openAlert } from '../stack/alerts-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { useBrowser } from './browser.ts';
import { dialog, keyShown, press, shows, storeKey } from './dashboard-acts.ts';
import { faultsOf, phone } from './dashboard-looks-support.ts';
import { signedUp, signInAs, strangerAt } from './dashboard-visit.ts';

/** What is unusual: from the link in a mail to the key that is stopped, changed, or left alone. */

const browser = useBrowser();
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

interface Owner {
  readonly person: Subscriber;
  readonly accountId: string;
  readonly key: { readonly keyId: string; readonly apiKey: string };
  /** Something unusual about the key. */
  readonly noticed: (about?: Partial<AlertItem>) => Promise<AlertItem>;
}

let owners = 0;
async function newOwner(): Promise<Owner> {
  owners += 1;
  const email = `owner-${owners}@example.com`;
  const person = await newSubscriber(stack, email);
  const accountId = (await person.call('GET', '/account')).body.subscriptionId;
  const request = { email, tier: 'free', name: 'Production', requestedBy: 'an admin' };
  const key = await stack.manage<Owner['key']>('generate-key', request);
  const noticed = (about: Partial<AlertItem> = {}) =>
    openAlert(stack, {
      subscriptionId: accountId,
      keyId: key.keyId,
      explanation: '412 requests between 03:00 and 04:00 UTC on 27 November; usual for this hour: 9–21.',
      ...about,
    });
  return { person, accountId, key, noticed };
}

const linkOf = ({ alertId }: AlertItem, answer: string) => `/alerts/${alertId}?do=${answer}`;
const status = async (apiKey: string) => (await stack.evaluate(apiKey)).status;
const pathOf = (page: Page) => page.url().slice(stack.dashboardUrl?.length);

/** Follows the link of a mail as somebody who is not signed in. */
async function follow({ person }: Owner, link: string) {
  const stranger = await strangerAt(await browser(), stack, link);
  await press(stranger.page, 'Sign in or create an account');
  await signInAs(stranger.page, person.email);
  await stranger.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return { ...stranger, email: person.email };
}

const asks = {
  suspend: 'Suspend Production?',
  rotate: 'Give Production a new secret now?',
  expected: 'Was this you?',
};

test('a mail’s "Suspend the key" leads through the sign-in to its question; one click stops the key, and it is let go on', async () => {
  const owner = await newOwner();
  const { apiKey } = owner.key;
  const alert = await owner.noticed();
  const { page } = await follow(owner, linkOf(alert, 'suspend'));
  const asked = dialog(page, asks.suspend);
  await asked.getByText('The next request with it is refused').waitFor();
  // Taken out of the address; and by the link alone nothing was done.
  expect(pathOf(page)).toBe(`/alerts/${alert.alertId}`);
  expect(await status(apiKey)).toBe(200);
  expect(await alertItem(stack, alert.alertId)).toEqual(alert);

  await press(asked, 'Suspend the key');
  await page.getByText('Production is suspended: requests with it are refused.').waitFor();
  expect(await status(apiKey)).toBe(401);
  await page.getByText('You suspended the key').waitFor();
  await asked.waitFor({ state: 'detached' });

  // The same link again: in words, and without a question.
  await page.goto(stack.dashboardUrl + linkOf(alert, 'suspend'));
  await page.getByText('You suspended the key before').waitFor();
  expect(pathOf(page)).toBe(`/alerts/${alert.alertId}`);
  expect(await page.getByRole('dialog').count()).toBe(0);
}, 120_000);

test('what was suspended by an alert is let go on at the key’s page, which says by whom and why', async () => {
  const owner = await newOwner();
  const { keyId, apiKey } = owner.key;
  const alert = await owner.noticed();
  await owner.person.call('POST', `/account/alerts/${alert.alertId}/answer`, { answer: 'suspend' });
  expect(await status(apiKey)).toBe(401);
  const { page } = await follow(owner, `/keys/${keyId}`);
  await page.getByText('you suspended it. It works again when you let it.').waitFor();
  await page.getByText('Because of an alert').waitFor();
  await press(page, 'Let it work again');
  await press(dialog(page, 'Let Production work again?'), 'Let it work again');
  await page.getByText('Production works again.').waitFor();
  expect(await status(apiKey)).toBe(200);
});

test('"Give it a new secret now" shows a key once that works, where the key was suspended as unusual', async () => {
  const owner = await newOwner();
  const { keyId, apiKey } = owner.key;
  const alert = await owner.noticed({ severity: 'critical' });
  await holdFor(stack, keyId, alert);
  const visit = await follow(owner, linkOf(alert, 'rotate'));
  const { page } = visit;
  const asked = dialog(page, asks.rotate);
  await asked.getByText('with the new secret it works again').waitFor();
  expect(await status(apiKey)).toBe(401);
  await press(asked, 'Give it a new secret');
  const next = await keyShown(visit, 'Your new secret');
  expect([await status(next), await status(apiKey)]).toEqual([200, 401]);
  await storeKey(page);
  await page.getByText('You gave the key a new secret').waitFor();
  await page.goto(stack.dashboardUrl + linkOf(alert, 'rotate'));
  await page.getByText('You gave the key a new secret before').waitFor();
  expect(await page.getByText(next).count()).toBe(0);
  expect(await status(next)).toBe(200);
});

test('"This was me" lets the key work again, and closes the alert; a link that comes too late says why', async () => {
  const owner = await newOwner();
  const { keyId, apiKey } = owner.key;
  const alert = await owner.noticed();
  await holdFor(stack, keyId, alert);
  const { page } = await follow(owner, linkOf(alert, 'expected'));
  const asked = dialog(page, asks.expected);
  await asked.getByText('You hear no more of this one until it is over').waitFor();
  await press(asked, 'Cancel');
  await asked.waitFor({ state: 'detached' });
  expect(await status(apiKey)).toBe(401);
  await page.getByText('The key is suspended: it was used in an unusual way').waitFor();
  await press(page, 'This was me');
  await press(asked, 'Yes, this was me');
  await page.getByText('Production works again.').waitFor();
  expect(await status(apiKey)).toBe(200);
  expect(await alertItem(stack, alert.alertId)).toMatchObject({ closedBecause: 'expected' });

  const over = await owner.noticed({
    status: 'closed',
    closedBecause: 'over',
    closedAt: alert.openedAt,
  });
  await page.goto(stack.dashboardUrl + linkOf(over, 'expected'));
  await page.getByText('It closed by itself. It needs no answer any more.').waitFor();
  const month = await owner.noticed({ kind: 'quota-forecast' });
  await page.goto(stack.dashboardUrl + linkOf(month, 'suspend'));
  await page.getByText('your account as a whole').waitFor();
  const late = await owner.noticed();
  await owner.person.call('DELETE', `/account/keys/${keyId}`);
  await page.goto(stack.dashboardUrl + linkOf(late, 'rotate'));
  await page.getByText('The key has ended').waitFor();
});

test('a key that two alerts hold goes on with the second answer: before each, it is said which alert holds it still', async () => {
  const owner = await newOwner();
  const { keyId, apiKey } = owner.key;
  const surge = await owner.noticed();
  const network = await owner.noticed({ kind: 'new-network' });
  await holdFor(stack, keyId, surge, network);
  const { page } = await follow(owner, linkOf(surge, 'expected'));
  const asked = dialog(page, asks.expected);
  await asked.getByText('Production stays suspended, because of another alert.').waitFor();
  await asked.getByRole('link', { name: 'Requests from a new network' }).waitFor();
  expect(await faultsOf(page, 'alert-held-by-another')).toEqual([]);
  await press(asked, 'Yes, this was me');
  await page.getByText('Production stays suspended, because of another one.').waitFor();
  expect(await status(apiKey)).toBe(401);
  await page.getByText('holds it: answer that one').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Requests from a new network' }).click();
  await shows(page, 'Requests from a new network');
  expect(await page.getByText('holds it').count()).toBe(0);
  await press(page, 'This was me');
  await asked.getByText('Production works again with the next request').waitFor();
  await press(asked, 'Yes, this was me');
  await page.getByText('Production works again.').waitFor();
  expect(await status(apiKey)).toBe(200);
});

test('somebody else who follows the link finds nothing, and does nothing', async () => {
  const owner = await newOwner();
  const alert = await owner.noticed();
  const { page } = await follow(await newOwner(), linkOf(alert, 'suspend'));
  await shows(page, 'There is no such alert');
  await page.getByText('It is not of this account').waitFor();
  expect(await page.getByText('412 requests').count()).toBe(0);
  expect(await faultsOf(page, 'alert-none')).toEqual([]);
  await page.getByRole('link', { name: 'See all your alerts' }).click();
  await page.getByText('Nothing unusual so far').waitFor();
  expect(await page.getByRole('link', { name: /^Alerts/ }).textContent()).toBe('Alerts');
  expect(await faultsOf(page, 'alerts-empty')).toEqual([]);
  expect(await status(owner.key.apiKey)).toBe(200);
});

test('the navigation counts what is open; the pages tell it with its severity in words, in all looks', async () => {
  const owner = await newOwner();
  const { keyId } = owner.key;
  const at = (hours: number) => new Date(stack.clock.now() - hours * 3_600_000).toISOString();
  await owner.noticed({ status: 'closed', closedAt: at(50), closedBecause: 'over', openedAt: at(60) });
  const answered = await owner.noticed({ kind: 'refusals', of: '403' });
  await owner.person.call('POST', `/account/alerts/${answered.alertId}/answer`, { answer: 'expected' });
  await openAlert(stack, {
    subscriptionId: owner.accountId,
    kind: 'quota-threshold',
    of: '2026-11/50',
    severity: 'info',
    explanation: '512 of this month’s 1,000 requests are used, which is more than half.',
  });
  await owner.noticed({
    kind: 'new-network',
    acknowledged: { at: at(1), by: 'grace' },
    openedAt: at(5),
    updatedAt: at(1),
    explanation:
      'Requests came from a network that this key was not used from before: 198.51.100.0/24, first between 03:00 and 04:00 UTC on 27 November. Known since 3 November: 203.0.113.0/24.',
  });
  await owner.noticed({
    kind: 'refusals',
    of: '429',
    severity: 'info',
    explanation:
      '61 of 300 requests were refused with 429 between 03:00 and 04:00 UTC on 27 November; usual: none.',
  });
  const critical = await owner.noticed({ severity: 'critical', openedAt: at(4), updatedAt: at(0.4) });
  await holdFor(stack, keyId, critical);
  await owner.noticed({
    kind: 'woke-up',
    explanation: 'Requests since 09:00 UTC on 27 November, the first after 43 days.',
  });
  const { page } = await follow(owner, '/alerts');
  const faults: string[] = [];
  const see = async (name: string) => faults.push(...(await faultsOf(page, name)));
  await page.getByRole('article').first().waitFor();
  await page.getByText('It closed by itself').waitFor();
  expect(await page.getByRole('navigation').getByRole('link', { name: 'Alerts 5 open' }).count()).toBe(1);
  const open = page.getByRole('article');
  expect(await page.getByText('Key suspended').count()).toBe(1);
  expect(await open.getByRole('heading').allTextContents()).toEqual([
    'In use again after a long time',
    'Many more requests than usual',
    'Many requests over the limit',
    'Requests from a new network',
    '50 % of the month’s requests are used',
  ]);
  expect(await open.locator('.severity').allTextContents()).toEqual([
    'Warning',
    'Critical',
    'For your information',
    'Warning',
    'For your information',
  ]);
  await open.getByText('Support has seen it').waitFor();
  await see('alerts');
  await press(open.nth(1), 'Give it a new secret now');
  await dialog(page, asks.rotate).waitFor();
  await see('alert-rotate');
  await page.keyboard.press('Escape');
  await dialog(page, asks.rotate).waitFor({ state: 'detached' });
  await press(open.nth(1), 'Suspend the key');
  await dialog(page, asks.suspend).waitFor();
  await see('alert-suspend');
  await page.keyboard.press('Escape');
  await dialog(page, asks.suspend).waitFor({ state: 'detached' });
  await open.nth(1).getByRole('link', { name: 'Many more requests than usual' }).click();
  await shows(page, 'Many more requests than usual');
  await page.getByText('The key is suspended: it was used in an unusual way').waitFor();
  await see('alert');
  await page.goto(`${stack.dashboardUrl}/alerts/${answered.alertId}`);
  await page.getByText('You said that this was you').waitFor();
  await see('alert-over');

  await page.goto(`${stack.dashboardUrl}/`);
  await page.getByText('Production is suspended').waitFor();
  await page.getByText('Warning: In use again after a long time').waitFor();
  await page.getByText('1 more alert is open').waitFor();
  await see('overview-alerts');
  await page.getByRole('link', { name: 'See the key Production' }).click();
  await page.getByText('This key is suspended').waitFor();
  await page.getByText('Warning: In use again after a long time').waitFor();
  expect(
    await page.getByRole('link', { name: 'See the alert', exact: true }).first().getAttribute('href'),
  ).toBe(`/alerts/${critical.alertId}`);
  await see('key-alerts');
  expect(faults).toEqual([]);
}, 120_000);

test('by keyboard alone: to an answer, out of it again, and through it', async () => {
  const owner = await newOwner();
  const alert = await owner.noticed();
  const { page } = await follow(owner, `/alerts/${alert.alertId}`);
  const focused = () =>
    page.evaluate<string>('(document.activeElement.textContent ?? "").trim().replace(/\\s+/g, " ")');
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 25 && (await focused()) !== name; presses++)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe(name);
  };
  await page.getByRole('button', { name: 'This was me' }).waitFor();
  await tabTo('This was me');
  await page.keyboard.press('Enter');
  await dialog(page, asks.expected).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page, asks.expected).waitFor({ state: 'detached' });
  await vi.waitFor(async () => expect(await focused()).toBe('This was me'), 5000);
  await page.keyboard.press('Enter');
  await dialog(page, asks.expected).waitFor();
  await tabTo('Yes, this was me');
  await page.keyboard.press('Enter');
  await page.getByText('You said that this was you').waitFor();
  // The button is gone: the focus is handed on to the page’s heading.
  await vi.waitFor(async () => expect(await focused()).toBe('Many more requests than usual'), 5000);
  expect(await alertItem(stack, alert.alertId)).toMatchObject({ closedBecause: 'expected' });
});

test('on a phone the menu counts what is open and leads there, and an answer is given by touch', async () => {
  const owner = await newOwner();
  const alert = await owner.noticed();
  const stranger = await strangerAt(await browser(), stack, '/', {
    viewport: phone,
    hasTouch: true,
    isMobile: true,
  });
  const { page } = stranger;
  await press(page, 'Sign in or create an account');
  await signInAs(page, owner.person.email);
  await page.getByRole('button', { name: /1 open.*More/ }).tap();
  await page.getByRole('menuitem', { name: 'Alerts 1 open' }).tap();
  await shows(page, 'Alerts');
  await page.getByRole('article').getByRole('button', { name: 'Suspend the key' }).tap();
  await dialog(page, asks.suspend).getByRole('button', { name: 'Suspend the key' }).tap();
  await page.getByText('Nothing unusual now').waitFor();
  expect(await status(owner.key.apiKey)).toBe(401);
  expect(await alertItem(stack, alert.alertId)).toMatchObject({ closedBecause: 'suspend' });
});

test('a key is suspended on its own page, without any alert, and goes on with a new secret', async () => {
  const owner = await newOwner();
  const visit = await follow(owner, `/keys/${owner.key.keyId}`);
  const { page } = visit;
  await press(page, 'Suspend');
  const asked = dialog(page, asks.suspend);
  await asked.waitFor();
  expect(await faultsOf(page, 'key-suspend')).toEqual([]);
  await press(asked, 'Suspend the key');
  await page.getByText('Production is suspended.', { exact: true }).waitFor();
  expect(await status(owner.key.apiKey)).toBe(401);
  await page.getByText('you suspended it').waitFor();
  expect(await page.getByRole('button', { name: 'Suspend', exact: true }).count()).toBe(0);
  expect(await faultsOf(page, 'key-suspended-by-owner')).toEqual([]);

  // Its secret has leaked: a new one, and only then does the key go on.
  await press(page, 'Rotate');
  const rotation = dialog(page, 'Rotate Production');
  await rotation.getByText('It stays suspended').waitFor();
  expect(await rotation.getByLabel('Stops at once').isChecked()).toBe(true);
  await press(rotation, 'Rotate and stop the old secret');
  const next = await keyShown(visit, 'Your new secret');
  await storeKey(page);
  expect([await status(next), await status(owner.key.apiKey)]).toEqual([401, 401]);
  await press(page, 'Let it work again');
  await press(dialog(page, 'Let Production work again?'), 'Let it work again');
  await page.getByText('Production works again.').waitFor();
  expect([await status(next), await status(owner.key.apiKey)]).toEqual([200, 401]);
});

test('which alerts are mailed is chosen in the settings', async () => {
  const owner = await newOwner();
  const { page } = await follow(owner, '/settings');
  await page.getByLabel('Only critical ones').check();
  await page.getByText('Only critical alerts are mailed to you.').waitFor();
  const { preferences } = (await owner.person.call('GET', '/account')).body;
  expect(preferences).toEqual({ mailNewKeys: true, mailAlerts: 'critical' });
  await page.reload();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  expect(await page.getByLabel('Only critical ones').isChecked()).toBe(true);
});

test('while alerts are on their way the page keeps their room, and where they fail it says so, and tries again', async () => {
  const { page } = await signedUp(await browser(), stack, 'slow@example.com', '/alerts');
  await page.getByText('Nothing unusual so far').waitFor();
  let answer: 'wait' | 'fail' | 'go' = 'wait';
  await page.route(`${stack.apiUrl}/account/alerts**`, async (route) => {
    if (answer === 'wait') return;
    if (answer === 'fail' && route.request().method() === 'GET') return route.abort();
    return route.continue();
  });
  await page.reload();
  await page.locator('main [aria-busy="true"]').first().waitFor();
  expect(await faultsOf(page, 'alerts-loading')).toEqual([]);
  answer = 'fail';
  await page.reload();
  await page.getByRole('alert').getByText('The service could not be reached').waitFor();
  expect(await faultsOf(page, 'alerts-failed')).toEqual([]);
  answer = 'go';
  await press(page, 'Try again');
  await page.getByText('Nothing unusual so far').waitFor();
}, 60_000);
