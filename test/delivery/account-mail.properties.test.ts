import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeAccountMail } from '../../functions/delivery/mail/compose-account-mail.ts';
import type { AccountMail } from '../../functions/delivery/rules/account-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { accountSampleTable } from './account-mail-samples.ts';
import { itKeepsItsForm } from './every-mail.ts';
import { hostile } from './hostile-texts.ts';
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

const unnamed = ({ name: _, ...mail }: AccountMail) => mail as AccountMail;

describe.each(accountSampleTable)('%s: whatever the values are', (_name, mail) => {
  const named = {
    usual: composeAccountMail(mail, product),
    withoutName: composeAccountMail(unnamed(mail), product),
  };
  const holds = itKeepsItsForm(values, (v) => composeWith(mail, v), named, 40);

  it('no API key is anywhere', () => {
    holds(({ subject, text, html }) => {
      for (const part of [subject, text, html]) expect(containsKey(part)).toBe(false);
    });
  });
});
