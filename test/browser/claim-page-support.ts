import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, onTestFinished } from 'vitest';
import { useBrowser } from './browser.ts';
import { apiKey, ClaimService, token } from './claim-service.ts';

export interface Visit {
  readonly page: Page;
  readonly service: ClaimService;
}

/**
 * A service for each test, and the page of it in a browser. Whatever the test does, afterwards: the page asked nobody
 * else for anything, called nothing that the API does not have, broke no policy, and left the key and the token in no
 * place where they could be found later.
 */
export function useClaimPage() {
  const browser = useBrowser();
  let service: ClaimService;
  let address: string;
  beforeEach(async () => {
    service = new ClaimService();
    address = await service.start();
  });
  afterEach(() => service.stop());

  return async (options: BrowserContextOptions & { link?: string; before?: string } = {}): Promise<Visit> => {
    const { link = `#${token}`, before, ...contextOptions } = options;
    const context = await (await browser()).newContext({
      timezoneId: 'Europe/Berlin',
      // What browsers allow a page by themselves after a click.
      permissions: ['clipboard-read', 'clipboard-write'],
      ...contextOptions,
    });
    context.setDefaultTimeout(10_000);
    const isScripted = contextOptions.javaScriptEnabled !== false;
    const page = await context.newPage();
    const origins = new Set<string>();
    const said: string[] = [];
    const addresses: string[] = [];
    page.on('request', (request) => {
      origins.add(new URL(request.url()).origin);
      addresses.push(request.url(), ...Object.values(request.headers()));
    });
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
    onTestFinished(async () => {
      // Without scripts nobody can take the link out of the address.
      const found = await page.evaluate<string[]>(isScripted ? whatIsKept : '[document.title]');
      await context.close();
      const known = [new URL(address).origin, new URL(service.apiUrl).origin];
      expect([...origins].filter((origin) => !known.includes(origin))).toEqual([]);
      expect(service.unexpected).toEqual([]);
      expect(said.filter((line) => !expected.test(line))).toEqual([]);
      // A browser tells the address that a page was opened by, and sends it nowhere.
      for (const place of [...found, ...said, ...addresses.map((it) => it.split('#')[0])]) {
        expect(place).not.toContain(apiKey);
        expect(place).not.toContain(token);
      }
    });
    if (before !== undefined) await context.addInitScript(before);
    // The year is told where it is not the present one.
    await page.clock.setFixedTime(service.now);
    // With the key goes the page's question whether to leave.
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(address + link);
    return { page, service };
  };
}

/** Where storage is refused, nothing can be kept in it. */
const whatIsKept = `[
  () => location.href,
  () => JSON.stringify(history.state),
  () => document.title,
  () => document.cookie,
  () => JSON.stringify(localStorage),
  () => JSON.stringify(sessionStorage),
].map((place) => {
  try {
    return place();
  } catch {
    return '';
  }
})`;

/** A browser tells of each answer that is an error, and, without scripts, of what no script has used. */
const expected = /^Failed to load resource|was preloaded using link preload but not used/;

/** The heading of the state that is shown; waits for it to be `name`. */
export async function shows(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  expect(await page.locator('h1:visible').count()).toBe(1);
}

export const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

/** How each state is reached from the open link. */
export const states: Record<string, { heading: string; link?: string; reach(visit: Visit): Promise<void> }> =
  {
    ready: { heading: 'Your API key is waiting for you', reach: async () => {} },
    working: {
      heading: 'Your API key is waiting for you',
      reach: async ({ page, service }) => {
        service.hold = new Promise(() => {});
        await press(page, 'Show my API key');
        await page.getByRole('status').filter({ hasText: 'One moment…' }).waitFor();
      },
    },
    key: { heading: 'Your API key', reach: ({ page }) => press(page, 'Show my API key') },
    copied: {
      heading: 'Your API key',
      reach: async ({ page }) => {
        await press(page, 'Show my API key');
        await press(page, 'Copy the key');
        await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
      },
    },
    stored: {
      heading: 'Done',
      reach: async ({ page }) => {
        await press(page, 'Show my API key');
        await press(page, 'I have stored it');
      },
    },
    opened: {
      heading: 'This link has been opened already',
      reach: async ({ page, service }) => {
        service.openElsewhere();
        await press(page, 'Show my API key');
      },
    },
    confirm: {
      heading: 'Stop this key?',
      reach: async ({ page, service }) => {
        service.openElsewhere();
        await press(page, 'Show my API key');
        await press(page, 'That was not me');
      },
    },
    disputed: {
      heading: 'Thank you for telling us',
      reach: async ({ page, service }) => {
        service.openElsewhere();
        await press(page, 'Show my API key');
        await press(page, 'That was not me');
        await press(page, 'Stop the key');
      },
    },
    expired: {
      heading: 'This link has expired',
      reach: async ({ page, service }) => {
        service.ended = { reason: 'expired', expiredAt: '2026-11-22T23:30:00Z' };
        await press(page, 'Show my API key');
      },
    },
    renewed: {
      heading: 'Look into your mail',
      reach: async ({ page, service }) => {
        service.ended = { reason: 'expired', expiredAt: '2026-11-22T23:30:00Z' };
        await press(page, 'Show my API key');
        await press(page, 'Mail me a new link');
      },
    },
    replaced: {
      heading: 'A newer link has taken the place of this one',
      reach: async ({ page, service }) => {
        service.ended = { reason: 'replaced' };
        await press(page, 'Show my API key');
      },
    },
    revoked: {
      heading: 'This key has been revoked',
      reach: async ({ page, service }) => {
        service.ended = { reason: 'revoked' };
        await press(page, 'Show my API key');
      },
    },
    empty: { heading: 'Open the link in your mail', link: '', reach: async () => {} },
    garbled: { heading: 'This link is not complete', link: '#0kQ2mZ81XvTb.1.1', reach: async () => {} },
    failure: {
      heading: 'That did not work',
      reach: async ({ page, service }) => {
        const body = { requestId: '7c1e4d9a-5a0b-4c8e-9a55-1f0c2b7d6e21' };
        service.next.push({ status: 503, headers: { 'Retry-After': '5' }, body });
        await press(page, 'Show my API key');
      },
    },
  };
