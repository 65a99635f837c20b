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
      const found = await page.evaluate<string[]>(
        '[location.href.replace(location.hash, ""), document.title, JSON.stringify(localStorage), document.cookie]',
      );
      const kept = await page.evaluate<string>('JSON.stringify(sessionStorage)').catch(() => '');
      await context.close();
      expect([...origins]).toEqual([new URL(address).origin]);
      expect(service.unexpected).toEqual([]);
      expect(said.filter((line) => !/^Failed to load resource/.test(line))).toEqual([]);
      for (const place of [...found, kept, ...said, ...addresses.map((it) => it.split('#')[0])]) {
        expect(place).not.toContain(apiKey);
        expect(place).not.toContain(token);
      }
    });
    if (before !== undefined) await context.addInitScript(before);
    await page.goto(address + link);
    return { page, service };
  };
}

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
        await page.getByText('One moment…').waitFor();
      },
    },
    key: { heading: 'Your API key', reach: ({ page }) => press(page, 'Show my API key') },
    copied: {
      heading: 'Your API key',
      reach: async ({ page }) => {
        await press(page, 'Show my API key');
        await press(page, 'Copy');
        await page.getByText('Copied', { exact: true }).waitFor();
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
