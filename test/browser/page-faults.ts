import type { Page } from 'playwright-core';
import { keepScreen } from './browser.ts';
import { accessibilityFaults } from './dashboard-visit.ts';
import { overflow } from './looks.ts';

const window = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

/** What is wrong with what the page shows now: WCAG 2.2 AA in light and in dark, and nothing wider than a phone. */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const [look, colorScheme, size, rules] of [
    ['light', 'light', window, undefined],
    ['dark', 'dark', window, ['color-contrast', 'link-in-text-block']],
    ['phone', 'light', phone, ['target-size', 'scrollable-region-focusable']],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await keepScreen(page, `page-${name}-${look}`);
    const wider = await overflow(page);
    const faults = await accessibilityFaults(page, rules);
    found.push(
      ...[...faults, ...(wider > 0 ? [`${wider} pixels too wide`] : [])].map(
        (fault) => `${name} ${look} ${fault}`,
      ),
    );
  }
  await page.setViewportSize(window);
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
