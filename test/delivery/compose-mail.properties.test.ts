import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../functions/delivery/mail/compose-mail.ts';
import type { OwnerMail } from '../../functions/delivery/rules/owner-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { hostile } from './hostile-texts.ts';
import { readHtml } from './html-grammar.ts';
import { product, sampleTable } from './mail-samples.ts';

const values = fc.record({
  name: hostile,
  keyName: hostile,
  display: hostile,
  tier: hostile,
  who: hostile,
  reason: hostile,
  product: hostile,
  company: hostile,
  support: hostile,
});
type Values = typeof values extends fc.Arbitrary<infer V> ? V : never;

function composeWith(mail: OwnerMail, v: Values) {
  const changed = {
    ...mail,
    name: v.name,
    key: { ...mail.key, name: v.keyName, display: v.display, tier: v.tier },
    ...('by' in mail ? { by: { who: v.who, reason: v.reason } } : {}),
    ...('answered' in mail ? { answered: v.who } : {}),
  } as OwnerMail;
  return composeMail(changed, {
    ...product,
    name: v.product,
    company: v.company,
    supportAddress: v.support,
  });
}

/** Tags and attributes without what differs by value. */
const shapeOf = (html: string) =>
  readHtml(html)
    .filter(({ tag }) => tag !== '#text')
    .map(({ tag, attributes }) => [tag, Object.keys(attributes), attributes.class, attributes.style]);

const unnamed = ({ name: _, ...mail }: OwnerMail) => mail as OwnerMail;

describe.each(sampleTable)('%s: whatever the values are', (_name, mail) => {
  const holds = (check: (composed: ReturnType<typeof composeMail>) => void) =>
    fc.assert(
      fc.property(values, (v) => check(composeWith(mail, v))),
      { numRuns: 60 },
    );

  it('the HTML has the same elements, with every value in it escaped', () => {
    holds(({ text, html }) => {
      const reference = text.startsWith('Hello,') ? unnamed(mail) : mail;
      expect(shapeOf(html)).toEqual(shapeOf(composeMail(reference, product).html));
    });
  });

  it('the text has the same lines, and no character that hides or turns others', () => {
    const lines = composeMail(mail, product).text.split('\n').length;
    holds(({ text, html }) => {
      expect(text.split('\n')).toHaveLength(lines);
      // The joiners, which several scripts need, are let through.
      expect(text.replaceAll('\n', '')).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(html.replaceAll('\n', '')).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    });
  });

  it('the subject is one line', () => {
    holds(({ subject }) => {
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    });
  });

  it('no API key is in it, other than the one that an encrypted mail brings', () => {
    const own = 'secret' in mail && mail.secret.by === 'pgp' ? mail.secret.apiKey : undefined;
    holds(({ subject, text, html }) => {
      expect(containsKey(subject)).toBe(false);
      for (const part of [text, html]) {
        const [before = '', ...after] = own === undefined ? [part] : part.split(own);
        expect(containsKey(before)).toBe(false);
        expect(after.some(containsKey)).toBe(false);
        expect(after).toHaveLength(own === undefined ? 0 : 1);
      }
    });
  });
});
