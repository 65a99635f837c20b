import { expect, test } from 'vitest';
import { press, shows, states, useClaimPage } from './claim-page-support.ts';
import { problem, token } from './claim-service.ts';

const open = useClaimPage();

test('an answer that is lost loses no key: trying again sends the same nonce', async () => {
  const { page, service } = await open();
  service.next.push('lost');
  await press(page, 'Show my API key');
  await shows(page, 'That did not work');
  await press(page, 'Try again');
  await shows(page, 'Your API key');
  const [first, second] = service.requests;
  expect(second).toEqual(first);
});

test('the page works where the browser keeps nothing for it', async () => {
  const refused = "{ get() { throw new DOMException('no'); } }";
  const { page, service } = await open({
    before: `for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, ${refused});`,
  });
  service.next.push('lost');
  await press(page, 'Show my API key');
  await press(page, 'Try again');
  await shows(page, 'Your API key');
  expect(service.requests[1]).toEqual(service.requests[0]);
});

test('a page that could not be loaded has lost no link', async () => {
  const { page, service } = await open({ link: '' });
  await page.route('**/config.json', (route) => route.abort());
  await page.evaluate(`location.hash = ${JSON.stringify(token)}; location.reload()`);
  await shows(page, 'This page could not be loaded');
  await page.unroute('**/config.json');
  await press(page, 'Load again');
  await press(page, 'Show my API key');
  await shows(page, 'Your API key');
  expect(service.requests).toHaveLength(1);
});

test('without a connection the page says so, and goes on when there is one', async () => {
  const { page } = await open();
  await shows(page, 'Your API key is waiting for you');
  await page.context().setOffline(true);
  await press(page, 'Show my API key');
  await page.getByText('The service could not be reached.').waitFor();
  await page.context().setOffline(false);
  await press(page, 'Try again');
  await shows(page, 'Your API key');
});

test.each([
  [429, '40', 'There were too many tries at once. Please wait 40 seconds before you try again.'],
  [503, '1', 'This is a fault of ours. Please wait 1 second before you try again.'],
  [503, '600', 'Please wait 10 minutes before you try again.'],
  [500, undefined, 'The service did not answer as it should. This is a fault of ours.'],
  [409, undefined, 'The key is suspended.'],
])(
  'after a %i (Retry-After: %s) the page tells what to do and the id for support',
  async (status, retryAfter, says) => {
    const { page, service } = await open();
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
    service.next.push({ status, headers, body: problem(status, 'The key is suspended') });
    await press(page, 'Show my API key');
    await page.getByText(says).waitFor();
    await page.getByText('7c1e4d9a-5a0b-4c8e-9a55-1f0c2b7d6e21').waitFor();
    await press(page, 'Try again');
    await shows(page, 'Your API key');
  },
);

test.each(['#0kQ2mZ81XvTb.1.1', '#0kQ2mZ81XvTb.1.1.q83v=3D'])(
  'a link that ends in "%s" is told to be incomplete, and nobody is asked about it',
  async (link) => {
    const { page, service } = await open({ link });
    await shows(page, 'This link is not complete');
    expect(service.requests).toEqual([]);
  },
);

test.each(['', '#'])('a page whose address ends in "%s" says that the link is in the mail', async (link) => {
  const { page, service } = await open({ link });
  await shows(page, 'Open the link in your mail');
  expect(service.requests).toEqual([]);
});

test('a token that the service does not know is told to be incomplete', async () => {
  const { page } = await open({ link: `#${token.slice(0, -1)}` });
  await press(page, 'Show my API key');
  await shows(page, 'This link is not complete');
});

test('stopping a key that failed is tried again as such', async () => {
  const { page, service } = await open();
  await states['confirm']?.reach({ page, service });
  service.next.push({ status: 503 });
  await press(page, 'Stop the key');
  await page.getByText('It does no harm to try again.').waitFor();
  await press(page, 'Try again');
  await shows(page, 'Thank you for telling us');
  expect(service.requests.slice(1).map(({ path }) => path)).toEqual(Array(2).fill('/dev/claims/dispute'));
});
