import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeAlertMail } from '../../functions/delivery/mail/compose-alert-mail.ts';
import type { AlertMail } from '../../functions/delivery/rules/alert-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { alertSampleTable, dashboardUrl } from './alert-samples.ts';
import { itKeepsItsForm } from './every-mail.ts';
import { hostile } from './hostile-texts.ts';
import { readHtml } from './html-grammar.ts';
import { product } from './mail-samples.ts';

const values = fc.record({
  name: hostile,
  subscriptionId: hostile,
  explanation: hostile,
  keyId: hostile,
  display: hostile,
  keyName: hostile,
  product: hostile,
  company: hostile,
  support: hostile,
});
type Values = typeof values extends fc.Arbitrary<infer V> ? V : never;

function composeWith(mail: AlertMail, v: Values) {
  const { name, subscriptionId, explanation, keyId, display, keyName } = v;
  const key = mail.key && { ...mail.key, keyId, display, name: keyName };
  const changed = { ...mail, name, subscriptionId, explanation, ...(key === undefined ? {} : { key }) };
  return composeAlertMail(changed, {
    ...product,
    name: v.product,
    company: v.company,
    supportAddress: v.support,
  });
}

const unnamed = ({ name: _, ...mail }: AlertMail): AlertMail => mail;

describe.each(alertSampleTable)('%s: whatever the values are', (_name, mail) => {
  const named = {
    usual: composeAlertMail(mail, product),
    withoutName: composeAlertMail(unnamed(mail), product),
  };
  const holds = itKeepsItsForm(values, (v) => composeWith(mail, v), named, 25);

  it('no API key is anywhere', () => {
    holds(({ subject, text, html }) => {
      for (const part of [subject, text, html]) expect(containsKey(part)).toBe(false);
    });
  });
});

it('an id of an alert that is none leads nowhere else', () => {
  const [, mail] = alertSampleTable[0] ?? [];
  if (mail === undefined) throw new Error('there is no sample');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (alertId) => {
      const { html } = composeAlertMail({ ...mail, alertId }, product);
      const links = readHtml(html).flatMap(({ tag, attributes }) =>
        tag === 'a' && attributes['href']?.includes('?do=') ? [attributes['href']] : [],
      );
      expect(links.length).toBe(6);
      for (const link of links) expect(new URL(link).origin).toBe(dashboardUrl);
    }),
    { numRuns: 50 },
  );
});
