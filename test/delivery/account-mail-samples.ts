import type { AccountMail } from '../../functions/delivery/rules/account-mail.ts';

const about = {
  subscriptionId: 'sub_abcdefghijklmnopqrst',
  name: 'Ada',
  tier: 'pro',
  requestsPerMonth: 10_000,
  dashboardUrl: 'https://dashboard.aiweedcompany.com',
  at: '2027-03-03T14:05:00.000Z',
};
const free = { tier: 'free', requestsPerMonth: 100 };
const later = '2027-03-10T14:05:00.000Z';
const by = { who: 'grace', reason: 'Agreed on the phone' };
const asked = { requestedTier: 'enterprise', requestedAt: '2027-03-01T09:30:00.000Z' };
const enterprise = { tier: 'enterprise', requestsPerMonth: 1_000_000 };

/** One of each kind and variant, by a name that says which. */
export const accountSamples: Readonly<Record<string, AccountMail>> = {
  'account-opened': { ...about, ...free, kind: 'account-opened' },
  'account-joined': { ...about, kind: 'account-joined', since: '2027-02-01T08:00:00.000Z', keys: 2 },
  'account-deleted': { ...about, kind: 'account-deleted', keys: 0, hadPayments: false },
  'account-deleted, after payments': { ...about, kind: 'account-deleted', keys: 3, hadPayments: true },
  'contact-changed, address': {
    ...about,
    kind: 'contact-changed',
    by: { who: 'grace', reason: 'The old address bounces' },
    newAddress: 'a…@example.org',
  },
  'contact-changed, OpenPGP key': {
    ...about,
    ...free,
    kind: 'contact-changed',
    openPgp: { fingerprint: 'd1a66e1a23b182c9980f788cfbfcc82a015e7330' },
  },
  'contact-changed, no OpenPGP key': { ...about, ...free, kind: 'contact-changed', openPgp: 'removed' },
  'address-trouble': {
    ...about,
    kind: 'address-trouble',
    formerAddress: 'a…@example.com',
    since: '2027-03-01T09:30:00.000Z',
  },
  'tier-changed by an admin': {
    ...about,
    ...enterprise,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: false,
    endsPayments: false,
    by,
  },
  'tier-changed by an admin without a reason': {
    ...about,
    kind: 'tier-changed',
    formerTier: 'enterprise',
    isLower: true,
    endsPayments: false,
    by: { who: 'grace' },
  },
  'tier-changed, paid': {
    ...about,
    kind: 'tier-changed',
    formerTier: 'free',
    isLower: false,
    endsPayments: false,
    cause: 'paid',
  },
  'tier-changed, chosen': {
    ...about,
    ...free,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: true,
    endsPayments: false,
    cause: 'chosen',
  },
  'tier-changed, unpaid': {
    ...about,
    ...free,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: true,
    endsPayments: false,
    cause: 'unpaid',
  },
  'tier-changed, canceled': {
    ...about,
    ...free,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: true,
    endsPayments: false,
    cause: 'canceled',
  },
  'tier-changed, payments ended': {
    ...about,
    ...free,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: true,
    endsPayments: false,
    cause: 'ended',
  },
  'tier-changed for a reason of its own': {
    ...about,
    ...free,
    kind: 'tier-changed',
    formerTier: 'pro',
    isLower: true,
    endsPayments: false,
    reason: 'The offer is over',
  },
  'tier-changed, nobody knows why': {
    ...about,
    kind: 'tier-changed',
    formerTier: 'free',
    isLower: false,
    endsPayments: false,
  },
  'tier-requested': { ...about, kind: 'tier-requested', requestedTier: 'enterprise' },
  'tier-requested with a note': {
    ...about,
    kind: 'tier-requested',
    requestedTier: 'enterprise',
    note: 'We expect 400,000 requests a month',
  },
  'request-approved': {
    ...about,
    ...asked,
    ...enterprise,
    kind: 'request-approved',
    endsPayments: false,
    by,
  },
  'request-approved, to somebody who pays': {
    ...about,
    ...asked,
    ...enterprise,
    kind: 'request-approved',
    endsPayments: true,
    by,
  },
  'request-approved, by whom is not told': {
    ...about,
    ...asked,
    ...enterprise,
    kind: 'request-approved',
    endsPayments: false,
  },
  'request-declined': { ...about, ...asked, kind: 'request-declined', by },
  'payment-failed': { ...about, kind: 'payment-failed', graceEndsAt: later, fallback: free },
  'payment-reminder': {
    ...about,
    kind: 'payment-reminder',
    at: '2027-03-08T14:05:00.000Z',
    graceEndsAt: later,
    fallback: free,
  },
  'payment-recovered': { ...about, kind: 'payment-recovered', paidUntil: later },
  'payment-recovered, until when is not known': { ...about, kind: 'payment-recovered' },
  'cancellation-noted': { ...about, kind: 'cancellation-noted', endsAt: later, fallback: free },
  'cancellation-withdrawn': { ...about, kind: 'cancellation-withdrawn', paidUntil: later },
  'payment-reversed by a refund': { ...about, kind: 'payment-reversed', how: 'refund' },
  'payment-reversed by a dispute': { ...about, kind: 'payment-reversed', how: 'dispute' },
  'payment-restored': { ...about, kind: 'payment-restored' },
};

export const accountSampleTable = Object.entries(accountSamples);

/** The sample of that name. Throws for one that is not there. */
export function accountSample(name: string): AccountMail {
  const found = accountSamples[name];
  if (found === undefined) throw new Error(`there is no sample mail "${name}"`);
  return found;
}
