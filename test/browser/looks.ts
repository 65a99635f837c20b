import type { Page } from 'playwright-core';

/** How a page is looked at: in both color schemes, and in a window, on a phone, and magnified to 400 %. */
export const looks = {
  light: { colorScheme: 'light', width: 1100 },
  dark: { colorScheme: 'dark', width: 1100 },
  phone: { colorScheme: 'light', width: 390 },
  narrow: { colorScheme: 'dark', width: 320 },
} as const;

/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 1.4.3); controls at work are exempt. */
export const faintTexts = `(() => {
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

/** Pixels by which a page is wider than its window. */
export const overflow = async (page: Page) =>
  page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth + document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth',
  );
