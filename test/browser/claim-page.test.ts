import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { press, shows, states, useClaimPage, type Visit } from './claim-page-support.ts';
import { apiKey, token } from './claim-service.ts';

const open = useClaimPage();
const reach = async (state: string, visit: Visit) => states[state]?.reach(visit);
const keyShown = (page: Page) => page.locator('#api-key').textContent();
const pageSource = (page: Page) => page.evaluate<string>('document.documentElement.outerHTML');

test('nothing is asked before a click, so a scanner that opens the link and runs its script takes nothing', async () => {
  const { page, service } = await open();
  await shows(page, 'Your API key is waiting for you');
  await page.mouse.move(200, 300);
  await page.waitForLoadState('networkidle');
  expect(service.requests).toEqual([]);
  expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
});

test('the link leaves the address before anybody can read it there, and its place in the history, too', async () => {
  const { page } = await open();
  await shows(page, 'Your API key is waiting for you');
  expect(page.url()).toMatch(/\/claim$/);
  // A page that was opened in between leads back to one without it.
  await page.goto('about:blank');
  await page.goBack();
  // Whole: a page that is left while it loads complains of what it did not get.
  await shows(page, 'Open the link in your mail');
  expect(page.url()).toMatch(/\/claim$/);
  expect(await page.evaluate('document.referrer + location.href')).not.toContain(token);
});

test.each(['/', '/?utm_source=mail'])('nor does it stand there after a slash: /claim%s#…', async (end) => {
  const { page } = await open({ link: `${end}#${token}` });
  await shows(page, 'Your API key is waiting for you');
  expect(await page.evaluate<string>('location.href')).not.toContain(token);
});

test('a click shows the key, and the token travels in the body of that one request only', async () => {
  const { page, service } = await open();
  await reach('key', { page, service });
  await shows(page, 'Your API key');
  expect(await keyShown(page)).toBe(apiKey);
  expect(service.requests).toEqual([
    { method: 'POST', path: '/dev/claims', body: { token, nonce: expect.stringMatching(/^[\w-]{22,}$/) } },
  ]);
});

test('the key is told apart from all other text: once in the page, in no example, and that it is shown this once', async () => {
  const { page, service } = await open();
  await reach('key', { page, service });
  await shows(page, 'Your API key');
  expect((await pageSource(page)).split(apiKey).length - 1).toBe(1);
  expect(await page.locator('pre').innerText()).toBe(
    `curl -H 'X-API-Key: YOUR_API_KEY' ${service.apiUrl}/usage`,
  );
  await page.locator('.notice').getByText('nobody can see it again').waitFor();
});

test('copying puts exactly the key on the clipboard and says so', async () => {
  const { page, service } = await open();
  await reach('copied', { page, service });
  expect(await page.getByRole('status').filter({ hasText: 'Copied to the clipboard.' }).count()).toBe(1);
  const other = await page.context().newPage();
  await other.setContent('<textarea autofocus></textarea>');
  await other.locator('textarea').press('ControlOrMeta+V');
  expect(await other.locator('textarea').inputValue()).toBe(apiKey);
});

test('where the browser does not let the page copy, the key is selected for a key press', async () => {
  const { page, service } = await open({
    before: "Object.defineProperty(navigator, 'clipboard', { value: undefined })",
  });
  await reach('key', { page, service });
  await press(page, 'Copy the key');
  await page.getByText('press Ctrl+C').waitFor();
  expect(await page.evaluate('getSelection().toString()')).toBe(apiKey);
});

test('the key is downloaded as a file for the environment of a program', async () => {
  const { page, service } = await open();
  await reach('key', { page, service });
  const downloading = page.waitForEvent('download');
  await press(page, 'Download as .env');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('api-key.env');
  expect(await readFile(await download.path(), 'utf8')).toMatch(
    new RegExp(`^# AI Decision Engine: .*\\nDECISION_API_KEY=${apiKey}\\n$`),
  );
});

test('whoever loads the page anew while it shows the key is asked first, and told what to do afterwards', async () => {
  const { page, service } = await open();
  await reach('key', { page, service });
  await shows(page, 'Your API key');
  const asked = page.waitForEvent('dialog');
  await page.reload();
  expect((await asked).type()).toBe('beforeunload');
  await shows(page, 'Open the link in your mail');
  expect(await pageSource(page)).not.toContain(apiKey);
  await page.getByText('rotate it').waitFor();

  // Not stored: the link is used up, for a page that is loaded anew is another reader.
  await page.evaluate(`location.hash = ${JSON.stringify(token)}`);
  await press(page, 'Show my API key');
  await shows(page, 'This link has been opened already');
  expect(new Set(service.requests.map(({ body }) => body['nonce'])).size).toBe(2);
});

test('whoever has stored the key, or not seen it yet, leaves without being asked', async () => {
  const { page, service } = await open();
  const asked: string[] = [];
  page.on('dialog', (dialog) => asked.push(dialog.type()));
  await reach('stored', { page, service });
  await shows(page, 'Done');
  await page.reload();
  await shows(page, 'Open the link in your mail');
  expect(asked).toEqual([]);
});

test('what has been stored leaves the page, and the API is told so with the nonce that opened the link', async () => {
  const { page, service } = await open();
  await reach('stored', { page, service });
  await shows(page, 'Done');
  expect(await pageSource(page)).not.toContain(apiKey);
  const [opening, storing] = service.requests;
  expect(service.requests.map(({ path }) => path)).toEqual(['/dev/claims', '/dev/claims/stored']);
  expect(storing?.body).toEqual(opening?.body);
});

// Gone before the event is over: what is kept for the Back button is kept then.
const left =
  "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); document.documentElement.outerHTML";

test.each(['key', 'stored'])(
  'the key does not wait behind the Back button, nor a button that shows it again: %s',
  async (state) => {
    const { page, service } = await open();
    await reach(state, { page, service });
    await shows(page, state === 'key' ? 'Your API key' : 'Done');
    expect(await page.evaluate<string>(left)).not.toContain(apiKey);
    await shows(page, 'Open the link in your mail');
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
  },
);

test('a link that was not opened yet waits behind the Back button', async () => {
  const { page } = await open();
  await shows(page, 'Your API key is waiting for you');
  await page.evaluate(left);
  await press(page, 'Show my API key');
  await shows(page, 'Your API key');
});

test('nothing moves while the page works, nor when it says that it copied', async () => {
  const { page, service } = await open({ viewport: { width: 390, height: 844 } });
  const footer = () => page.getByRole('contentinfo').boundingBox();
  const before = await footer();
  let release = () => {};
  service.hold = new Promise((resolve) => {
    release = resolve;
  });
  await press(page, 'Show my API key');
  await page.getByRole('status').filter({ hasText: 'One moment…' }).waitFor();
  expect(await footer()).toEqual(before);
  release();
  await shows(page, 'Your API key');
  const withKey = await footer();
  await press(page, 'Copy the key');
  await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
  expect(await footer()).toEqual(withKey);
});

test('impatient clicks send one request', async () => {
  const { page, service } = await open();
  let release = () => {};
  service.hold = new Promise((resolve) => {
    release = resolve;
  });
  const button = page.getByRole('button', { name: 'Show my API key' });
  await button.dblclick();
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('status').filter({ hasText: 'One moment…' }).waitFor();
  await button.click({ force: true });
  release();
  await shows(page, 'Your API key');
  expect(service.requests).toHaveLength(1);
});

test('a link that somebody opened tells when; stopping its key takes a second, explained click', async () => {
  const { page, service } = await open();
  await reach('opened', { page, service });
  await page.getByText('23 November, 13:22 UTC (14:22 your time)').waitFor();
  await press(page, 'That was not me');
  await shows(page, 'Stop this key?');
  await page.getByText('stops working immediately').waitFor();
  await press(page, 'Go back');
  await page.getByText('23 November, 13:22 UTC').waitFor();
  expect(service.requests).toHaveLength(1);

  await press(page, 'That was not me');
  await press(page, 'Stop the key and mail me a new link');
  await shows(page, 'Thank you for telling us');
  expect(service.requests.slice(1)).toEqual([
    { method: 'POST', path: '/dev/claims/dispute', body: { token } },
  ]);
});

test.each(['expired', 'replaced'] as const)(
  'of a link that is %s a new one can be asked for',
  async (reason) => {
    const { page, service } = await open();
    await reach(reason, { page, service });
    await press(page, 'Mail me a new link');
    await shows(page, 'Look into your mail');
    expect(service.requests[1]).toEqual({ method: 'POST', path: '/dev/claims/renew', body: { token } });
  },
);

test('another link pasted into the same tab starts anew', async () => {
  const { page } = await open({ link: '#0kQ2mZ81XvTb.1.1' });
  await shows(page, 'This link is not complete');
  await page.evaluate(`location.hash = ${JSON.stringify(token)}`);
  await shows(page, 'Your API key is waiting for you');
});

test('the whole way can be gone by keyboard, and each state begins at its heading', async () => {
  const { page } = await open();
  const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 6 && (await focused()) !== name; presses++)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe(name);
    await page.keyboard.press('Enter');
  };
  await shows(page, 'Your API key is waiting for you');
  await tabTo('Show my API key');
  await shows(page, 'Your API key');
  expect(await focused()).toBe('Your API key');
  await tabTo('Copy the key');
  await page.getByText('Copied to the clipboard.').waitFor();
  expect(await focused()).toBe('Copied');
  await tabTo('I have stored it');
  await shows(page, 'Done');
  expect(await focused()).toBe('Done');

  // The same link once more, in the same tab: it counts as another reader.
  await page.evaluate(`location.hash = ${JSON.stringify(token)}`);
  await shows(page, 'Your API key is waiting for you');
  await tabTo('Show my API key');
  await shows(page, 'This link has been opened already');
  expect(await focused()).toBe('This link has been opened already');
  await tabTo('That was not me');
  await shows(page, 'Stop this key?');
  await tabTo('Stop the key and mail me a new link');
  await shows(page, 'Thank you for telling us');
  expect(await focused()).toBe('Thank you for telling us');
});
