import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { readableLines, readHtml } from './html-grammar.ts';
import { product } from './mail-samples.ts';

/** What holds for every mail, whatever it is about. */

export interface Composed {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Of one sample: to be called within its `describe`. */
export function itIsAMailOfOurs({ subject, text, html }: Composed, again: () => Composed): void {
  it('has one line of subject that names the product, with no link in it', () => {
    expect(subject).toContain('AI Decision Engine');
    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(subject).not.toContain('http');
  });

  it('tells where to ask, where to read, where to look and who writes (R29)', () => {
    const { supportAddress, documentationUrl, statusUrl, company } = product;
    for (const words of [supportAddress, documentationUrl, statusUrl, company]) {
      expect(text).toContain(words);
      expect(readableLines(html)).toContain(words);
    }
  });

  it('says the same in HTML as in text', () => {
    const lines = readableLines(html).filter((line) => !line.startsWith('If the button does not work'));
    for (const line of lines.slice(1)) expect(text).toContain(line);
    expect(lines[0]).toBe(subject);
  });

  it('loads nothing and runs nothing: only links, and only to where they say', () => {
    for (const { tag, attributes } of readHtml(html)) {
      expect(tag).not.toMatch(/^(img|script|link|iframe|form|input|object|video|svg|table)$/);
      expect(Object.keys(attributes).filter((each) => /^(on|src|background)/.test(each))).toEqual([]);
      expect(attributes.style ?? '').not.toMatch(/url\(|@import/);
      if (tag === 'a') expect(attributes.href).toMatch(/^(https:|mailto:support@aiweedcompany\.com$)/);
    }
  });

  it('can be read aloud: a language, one main heading, a title', () => {
    const tokens = readHtml(html);
    expect(tokens.find(({ tag }) => tag === 'html')?.attributes).toEqual({ lang: 'en', dir: 'ltr' });
    expect(tokens.filter(({ tag }) => tag === 'h1')).toHaveLength(1);
    expect(tokens.findIndex(({ tag }) => tag === 'title')).toBeGreaterThan(0);
  });

  it('is the same to the byte, whenever it is composed', () => {
    vi.useFakeTimers({ now: new Date('2031-01-01') });
    expect(again()).toEqual({ subject, text, html });
  });
}

/** Tags and attributes without what differs by value. */
const shapeOf = (html: string) =>
  readHtml(html)
    .filter(({ tag }) => tag !== '#text')
    .map(({ tag, attributes }) => [tag, Object.keys(attributes), attributes.class, attributes.style]);

/** The joiners, which several scripts need, are let through. */
const hiding = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Of one sample with any values in it: to be called within its `describe`.
 * @param named the sample as it is, and without its owner's name
 * @returns what checks something else of it, whatever the values are
 */
export function itKeepsItsForm<Values>(
  values: fc.Arbitrary<Values>,
  composeWith: (v: Values) => Composed,
  named: { readonly usual: Composed; readonly withoutName: Composed },
  numRuns: number,
): (check: (composed: Composed) => void) => void {
  const holds = (check: (composed: Composed) => void) =>
    fc.assert(
      fc.property(values, (v) => check(composeWith(v))),
      { numRuns },
    );

  it('the HTML has the same elements, with every value in it escaped', () => {
    holds(({ text, html }) => {
      const reference = text.startsWith('Hello,') ? named.withoutName : named.usual;
      expect(shapeOf(html)).toEqual(shapeOf(reference.html));
    });
  });

  it('the text has the same lines, and no character that hides or turns others', () => {
    const lines = named.usual.text.split('\n').length;
    holds(({ text, html }) => {
      expect(text.split('\n')).toHaveLength(lines);
      for (const part of [text, html]) expect(part.replaceAll('\n', '')).not.toMatch(hiding);
    });
  });

  it('the subject is one line', () => {
    holds(({ subject }) => {
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    });
  });
  return holds;
}
