import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { keepScreen } from './browser.ts';
import { shows, states, useClaimPage } from './claim-page-support.ts';

const open = useClaimPage();

const looks = {
  light: { colorScheme: 'light', width: 1100 },
  dark: { colorScheme: 'dark', width: 1100 },
  phone: { colorScheme: 'light', width: 390 },
  narrow: { colorScheme: 'dark', width: 320 },
} as const;

/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 1.4.3); controls at work are exempt. */
const faintTexts = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || !element.checkVisibility() || element.closest('[aria-disabled="true"]')) return [];
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio >= 4.5 ? [] : [element.textContent.trim() + ': ' + ratio.toFixed(2)];
  });
})()`;

/** Controls that have no name, or are smaller than WCAG 2.5.8 asks for (links within a sentence are exempt). */
const poorControls = `[...document.querySelectorAll('a, button')].filter((it) => it.checkVisibility()).flatMap((it) => {
  const { width, height } = it.getBoundingClientRect();
  const inSentence = it.tagName === 'A' && it.closest('main') !== null;
  const named = (it.getAttribute('aria-label') ?? it.textContent).trim() !== '';
  return named && (inSentence || (width >= 24 && height >= 24)) ? [] : [it.outerHTML];
})`;

const overflow = async (page: Page) =>
  page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth + document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth',
  );

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
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await keepScreen(page, `claim-${name}-${look}`);
      expect(await page.evaluate(faintTexts), look).toEqual([]);
      expect(await overflow(page), look).toBe(0);
    }
  },
);

test('nothing turns for those who asked for less motion', async () => {
  const visit = await open({ reducedMotion: 'reduce' });
  await states['working']?.reach(visit);
  expect(await visit.page.evaluate('document.getAnimations().length')).toBe(0);
});

test('without JavaScript the page says what it needs, and where help is', async () => {
  const { page } = await open({ javaScriptEnabled: false });
  await shows(page, 'This page needs JavaScript');
  expect(await page.getByRole('link', { name: 'support@example.com' }).isVisible()).toBe(true);
  expect(await page.getByRole('button').count()).toBe(0);
});
