import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeAccountMail } from '../../functions/delivery/mail/compose-account-mail.ts';
import type { AccountMail } from '../../functions/delivery/rules/account-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { accountSampleTable } from './account-mail-samples.ts';
import { hostile } from './hostile-texts.ts';
import { readHtml } from './html-grammar.ts';
import { product } from './mail-samples.ts';

const values = fc.record({
  name: hostile,
  subscriptionId: hostile,
  tier: hostile,
  who: hostile,
  reason: hostile,
  note: hostile,
  address: hostile,
  product: hostile,
  company: hostile,
  support: hostile,
});
type Values = typeof values extends fc.Arbitrary<infer V> ? V : never;

function composeWith(mail: AccountMail, v: Values) {
  const tier = { tier: v.tier, requestsPerMonth: 7 };
  const changed = {
    ...mail,
    ...tier,
    name: v.name,
    subscriptionId: v.subscriptionId,
    ...('by' in mail
      ? { by: 'reason' in (mail.by ?? {}) ? { who: v.who, reason: v.reason } : { who: v.who } }
      : {}),
    ...('newAddress' in mail ? { newAddress: v.address } : {}),
    ...('formerAddress' in mail ? { formerAddress: v.address } : {}),
    ...('note' in mail ? { note: v.note } : {}),
    ...('reason' in mail ? { reason: v.reason } : {}),
    ...('formerTier' in mail ? { formerTier: v.tier } : {}),
    ...('requestedTier' in mail ? { requestedTier: v.tier } : {}),
    ...('fallback' in mail ? { fallback: tier } : {}),
  } as AccountMail;
  return composeAccountMail(changed, {
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

const unnamed = ({ name: _, ...mail }: AccountMail) => mail as AccountMail;

describe.each(accountSampleTable)('%s: whatever the values are', (_name, mail) => {
  const holds = (check: (composed: ReturnType<typeof composeAccountMail>) => void) =>
    fc.assert(
      fc.property(values, (v) => check(composeWith(mail, v))),
      { numRuns: 40 },
    );

  it('the HTML has the same elements, with every value in it escaped', () => {
    holds(({ text, html }) => {
      const reference = text.startsWith('Hello,') ? unnamed(mail) : mail;
      expect(shapeOf(html)).toEqual(shapeOf(composeAccountMail(reference, product).html));
    });
  });

  it('the text has the same lines, and no character that hides or turns others', () => {
    const lines = composeAccountMail(mail, product).text.split('\n').length;
    holds(({ text, html }) => {
      expect(text.split('\n')).toHaveLength(lines);
      // The joiners, which several scripts need, are let through.
      for (const part of [text, html]) {
        expect(part.replaceAll('\n', '')).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }
    });
  });

  it('the subject is one line, and no API key is anywhere', () => {
    holds(({ subject, text, html }) => {
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
      for (const part of [subject, text, html]) expect(containsKey(part)).toBe(false);
    });
  });
});
