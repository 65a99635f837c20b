import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../functions/delivery/mail/compose-mail.ts';
import type { OwnerMail } from '../../functions/delivery/rules/owner-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { itKeepsItsForm } from './every-mail.ts';
import { hostile } from './hostile-texts.ts';
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

const unnamed = ({ name: _, ...mail }: OwnerMail) => mail as OwnerMail;

describe.each(sampleTable)('%s: whatever the values are', (_name, mail) => {
  const named = { usual: composeMail(mail, product), withoutName: composeMail(unnamed(mail), product) };
  const holds = itKeepsItsForm(values, (v) => composeWith(mail, v), named, 60);

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
