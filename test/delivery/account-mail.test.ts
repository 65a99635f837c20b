import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeAccountMail } from '../../functions/delivery/mail/compose-account-mail.ts';
import type { AccountMail } from '../../functions/delivery/rules/account-mail.ts';
import { containsSecret } from '../../functions/runtime/rules/contains-key.ts';
import { accountSample, accountSampleTable } from './account-mail-samples.ts';
import { itIsAMailOfOurs } from './every-mail.ts';
import { product } from './mail-samples.ts';

const textOf = (name: string) => composeAccountMail(accountSample(name), product).text;
const plan = 'https://dashboard.aiweedcompany.com/plan';

afterEach(() => {
  vi.useRealTimers();
});

describe.each(accountSampleTable)('%s', (name, mail) => {
  const composed = composeAccountMail(mail, product);
  const { subject, text, html } = composed;

  itIsAMailOfOurs(composed, () => composeAccountMail(mail, product));

  it('greets the owner and names the account', () => {
    expect(text).toMatch(/^Hello Ada,\n\n/);
    expect(text).toContain('sub_abcdefghijklmnopqrst');
  });

  it('tells the tier and its limit, and leads to the dashboard, but for an account that is gone', () => {
    const isGone = name.startsWith('account-deleted');
    expect(/Limit: +[\d,]+ requests\/month/.test(text)).toBe(!isGone);
    expect(text.includes('https://dashboard.aiweedcompany.com')).toBe(!isGone);
  });

  it('holds no key, no token and no id of Stripe’s', () => {
    for (const part of [subject, text, html]) {
      expect(containsSecret(part)).toBe(false);
      expect(part).not.toMatch(/\b(?:cus|sub|cs|in|ch|pi|dp|re)_(?:test_|live_)?[0-9A-Za-z]{14}\b/);
      expect(part).not.toContain('undefined');
    }
  });
});

describe('what each mail must not leave out', () => {
  it.each<[string, string[]]>([
    ['account-opened', ['Choose a tier', 'Make an API key', 'X-API-Key', product.apiUrl, 'write to support']],
    ['account-joined', ['made for it on 1 February 2027', 'with 2 keys', 'That is all', 'That was not you?']],
    ['account-deleted', ['no API key left', 'your name', 'The record', 'tell support at once']],
    [
      'account-deleted, after payments',
      ['3 API keys stopped working', 'No further payment is taken', 'leads to nobody any more'],
    ],
    [
      'contact-changed, address',
      [
        'grace, an administrator, changed it',
        'bounces',
        'go to a…@example.org, and no longer',
        'support at once',
      ],
    ],
    [
      'contact-changed, OpenPGP key',
      [
        'was changed in your account',
        'd1a66e1a23b182c9980f788cfbfcc82a015e7330',
        'Compare it',
        'support at once',
      ],
    ],
    ['contact-changed, no OpenPGP key', ['was changed in your account', 'no longer encrypted']],
    [
      'address-trouble',
      ['a…@example.com', 'Since 1 March 2027, 09:30 UTC', 'come to this address', 'write to support'],
    ],
    [
      'tier-changed by an admin',
      ['in the Enterprise tier, with 1,000,000 requests/month', 'grace, an administrator', 'Agreed on the'],
    ],
    ['tier-changed by an admin without a reason', ['Before, it was in the Enterprise tier', 'by grace']],
    ['tier-changed, paid', ['Your payment arrived.', 'keys stay as they are', 'the new limit holds at once']],
    ['tier-changed, chosen', ['You chose it.', 'If there are 100 or more, further ones are refused']],
    ['tier-changed, unpaid', ['A payment failed, and was not made up for in time.', 'month stay counted']],
    ['tier-changed, canceled', ['was canceled, and the time that was paid is over']],
    ['tier-changed, payments ended', ['The payments for the former tier ended.']],
    ['tier-changed for a reason of its own', ['The reason given: “The offer is over”']],
    [
      'tier-requested',
      ['you asked for the Enterprise tier', 'Until then', 'Pro tier', 'withdraw the request'],
    ],
    ['tier-requested with a note', ['You wrote: “We expect 400,000 requests a month”']],
    [
      'request-approved',
      ['approved by grace, an administrator.', '1,000,000 requests/month', 'on the phone'],
    ],
    ['request-approved, to somebody who pays', ['payments for your former tier end', 'becomes credit']],
    [
      'request-approved, by whom is not told',
      ['It was approved. Since 3 March 2027, 14:05 UTC your subscription is in the Enterprise tier'],
    ],
    ['request-declined', ['declined by grace, an administrator.', 'Agreed on the phone', 'in the Pro tier']],
    [
      'payment-failed',
      ['failed on 3 March 2027, 14:05 UTC', 'until 10 March 2027, 14:05 UTC', 'Free tier, with 100', plan],
    ],
    ['payment-reminder', ['still missing', 'ends on 10 March 2027, 14:05 UTC (in 48 hours)', plan]],
    ['payment-recovered', ['arrived', 'nothing to do', 'paid until 10 March 2027, 14:05 UTC']],
    ['cancellation-noted', ['goes on until 10 March 2027, 14:05 UTC', 'take it back', plan, 'somebody else']],
    ['cancellation-withdrawn', ['was taken back', 'next payment is due on 10 March 2027']],
    ['payment-reversed by a refund', ['was refunded', 'Since 3 March 2027', 'are suspended', plan]],
    [
      'payment-reversed by a dispute',
      ['was disputed', 'withdraw it at your bank', 'after your next payment'],
    ],
    ['payment-restored', ['no longer suspended', 'such as by an administrator, stays suspended']],
  ])('%s', (name, words) => {
    for (const each of words) expect(textOf(name)).toContain(each);
  });

  it('a mail about a payment tells that nobody of ours asks for a card by mail', () => {
    const about = accountSampleTable.filter(([, { kind }]) => kind.startsWith('payment-'));
    for (const [name] of about)
      expect(textOf(name)).toContain('We never ask for a card number or a password');
  });

  it.each([
    ['contact-changed, address', 'Mails about your AI Decision Engine API key: something was changed'],
    ['address-trouble', 'Mails about your AI Decision Engine API key now come to this address'],
  ])('the subject of "%s" tells what it is about: %s', (name, subject) => {
    expect(composeAccountMail(accountSample(name), product).subject).toBe(subject);
  });

  it('a fall to a lower tier is not told as if nothing were lost', () => {
    expect(textOf('tier-changed, unpaid')).not.toContain('the new limit holds at once');
    expect(textOf('tier-changed, paid')).not.toContain('further ones are refused');
  });
});

describe('what makes no mail', () => {
  it.each<[string, Partial<AccountMail>]>([
    ['a time that is none', { graceEndsAt: '' } as Partial<AccountMail>],
    ['a dashboard that is reached without TLS', { dashboardUrl: 'http://dashboard.example.com' }],
    ['a dashboard that is a script', { dashboardUrl: 'javascript:alert(1)' }],
  ])('%s', (_what, fields) => {
    const mail = { ...accountSample('payment-failed'), ...fields } as AccountMail;
    expect(() => composeAccountMail(mail, product)).toThrow(RangeError);
  });

  it('the dashboard of a laptop is let through', () => {
    const mail = { ...accountSample('payment-failed'), dashboardUrl: 'http://localhost:3001' };
    expect(composeAccountMail(mail, product).text).toContain('http://localhost:3001/plan');
  });
});
