import { expect, test } from 'vitest';
import { keepScreen } from './browser.ts';
import { shows, states, useClaimPage } from './claim-page-support.ts';
import { accessibilityFaults } from './dashboard-visit.ts';
import { faintTexts, looks, overflow } from './looks.ts';

const open = useClaimPage();

/** Controls that have no name, or are smaller than WCAG 2.5.8 asks for (links within a sentence are exempt). */
const poorControls = `[...document.querySelectorAll('a, button')].filter((it) => it.checkVisibility()).flatMap((it) => {
  const { width, height } = it.getBoundingClientRect();
  const inSentence = it.tagName === 'A' && it.closest('main') !== null;
  const named = (it.getAttribute('aria-label') ?? it.textContent).trim() !== '';
  return named && (inSentence || (width >= 24 && height >= 24)) ? [] : [it.outerHTML];
})`;

test.each(Object.entries(states))(
  'the state "%s" is complete, readable and fits, whatever the look',
  async (name, state) => {
    const visit = await open(state.link === undefined ? {} : { link: state.link });
    const { page } = visit;
    await state.reach(visit);
    await shows(page, state.heading);
    expect(await page.evaluate(poorControls)).toEqual([]);
    for (const help of ['support@example.com', 'Documentation', 'Service status'])
      expect(await page.getByRole('contentinfo').getByRole('link', { name: help }).isVisible()).toBe(true);

    for (const [look, { colorScheme, width }] of Object.entries(looks)) {
      // What fades is looked at when it has faded.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 844 });
      await keepScreen(page, `claim-${name}-${look}`);
      expect(await page.evaluate(faintTexts), look).toEqual([]);
      expect(await overflow(page), look).toBe(0);
      expect(await accessibilityFaults(page), look).toEqual([]);
    }
  },
);

test('nothing turns for those who asked for less motion', async () => {
  const visit = await open({ reducedMotion: 'reduce' });
  await states['working']?.reach(visit);
  expect(await visit.page.evaluate('document.getAnimations().length')).toBe(0);
});

test('without JavaScript the page says what it needs, and that nothing has been opened', async () => {
  const { page } = await open({ javaScriptEnabled: false });
  await shows(page, 'This page needs JavaScript');
  expect(await page.locator('noscript').innerText()).toContain('Nothing has been opened');
  expect(await page.getByRole('button').count()).toBe(0);
});
