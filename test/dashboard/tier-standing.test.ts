import { expect, test } from 'vitest';
import type { Account, TierName } from '../../dashboard/src/api/types.ts';
import {
  choiceOf,
  overLimitAfter,
  standingOf,
  type TierChoice,
} from '../../dashboard/src/rules/tier-standing.ts';
import { exampleAccount } from '../../functions/accounts/route-examples.ts';

const now = Date.parse('2026-11-27T10:00:00Z');
const end = '2026-12-08T10:00:00Z';
const paid = { status: 'active', periodEndsAt: end } as const;
const missing = { status: 'past-due', failedAt: '2026-11-25T10:00:00Z', graceEndsAt: end } as const;
const reversal = { kind: 'dispute', at: '2026-11-26T10:00:00Z' } as const;
const open = { tier: 'enterprise', status: 'open', requestedAt: '2026-11-27T09:00:00Z' } as const;
const checkout = { url: 'https://checkout.example.com/c', expiresAt: end };

type Facts = Partial<Pick<Account, 'tier' | 'payment' | 'checkout' | 'request'>>;
const { payment: _, ...base } = exampleAccount as Account;
const account = (facts: Facts): Account => ({ ...base, ...facts });

test.each<[string, Facts, object]>([
  ['free', { tier: 'free' }, { kind: 'free' }],
  ['free, after pro ended', { tier: 'free', payment: { status: 'ended' } }, { kind: 'free' }],
  ['enterprise', { tier: 'enterprise', payment: paid }, { kind: 'contract' }],
  ['pro as a gift', { tier: 'pro' }, { kind: 'given' }],
  ['pro, paid', { tier: 'pro', payment: paid }, { kind: 'renews', at: end }],
  [
    'pro, while the next payment is tried',
    { tier: 'pro', payment: { ...paid, periodEndsAt: '2026-11-27T09:30:00Z' } },
    { kind: 'renewing' },
  ],
  ['pro, canceled', { tier: 'pro', payment: { ...paid, cancelsAt: end } }, { kind: 'ends', at: end }],
  ['pro, unpaid', { tier: 'pro', payment: missing }, { kind: 'missing', until: end }],
])('%s: what comes next is told', (_name, facts, expected) => {
  expect(standingOf(account(facts), now)).toMatchObject(expected);
});

const kinds = (facts: Facts): TierChoice['kind'][] =>
  (['free', 'pro', 'enterprise'] satisfies TierName[]).map((name) => {
    const offer = base.tiers.find((each) => each.name === name);
    return offer === undefined ? 'present' : choiceOf(account(facts), offer).kind;
  });

test.each<[string, Facts, TierChoice['kind'][]]>([
  ['free', { tier: 'free' }, ['present', 'pay', 'ask']],
  ['free with a payment that waits', { tier: 'free', checkout }, ['present', 'pay-on', 'ask']],
  ['free with a request', { tier: 'free', request: open }, ['present', 'pay', 'asked']],
  [
    'free with a request that was declined',
    { tier: 'free', request: { ...open, status: 'declined' } },
    ['present', 'pay', 'ask'],
  ],
  ['pro, paid', { tier: 'pro', payment: paid }, ['end-at', 'present', 'ask']],
  ['pro, canceled', { tier: 'pro', payment: { ...paid, cancelsAt: end } }, ['ending', 'keep', 'ask']],
  ['pro, unpaid', { tier: 'pro', payment: missing }, ['end-now', 'present', 'ask']],
  ['pro, taken back', { tier: 'pro', payment: { ...paid, reversal } }, ['end-now', 'end-and-pay', 'ask']],
  ['pro as a gift', { tier: 'pro' }, ['end-now', 'present', 'ask']],
  ['enterprise', { tier: 'enterprise' }, ['by-contract', 'by-contract', 'present']],
])('%s: each tier offers what the API would do', (_name, facts, expected) => {
  expect(kinds(facts)).toEqual(expected);
});

test('after a payment that was taken back, paying is paying again', () => {
  const offer = { ...base.tiers[1], name: 'pro', available: true } as Account['tiers'][number];
  const facts = account({ tier: 'free', payment: { status: 'ended', reversal } });
  expect(choiceOf(facts, offer)).toEqual({ kind: 'pay', isAgain: true });
});

test('where payment is not set up, pro says why it cannot be chosen', () => {
  const because = 'Payment is not set up here.';
  const offer = {
    ...base.tiers[1],
    available: false,
    unavailableBecause: because,
  } as Account['tiers'][number];
  expect(choiceOf(account({ tier: 'free' }), offer)).toEqual({ kind: 'unavailable', because });
  // Whoever has it loses nothing by that.
  expect(choiceOf(account({ tier: 'pro', payment: paid }), offer)).toEqual({ kind: 'present' });
});

test.each([
  ['now, with more used than it allows', 300, undefined, 'yes'],
  ['now, with less', 40, undefined, 'no'],
  ['later in this month, with more used already', 300, '2026-11-29T10:00:00Z', 'yes'],
  ['later in this month, with less used so far', 40, '2026-11-29T10:00:00Z', 'perhaps'],
  ['in a month that has not begun', 300, end, 'perhaps'],
] as const)('a lower limit that holds %s', (_name, total, at, expected) => {
  const usage = { ...base.usage, total, resetsAt: '2026-12-01T00:00:00.000Z' };
  expect(overLimitAfter({ usage }, 100, at)).toBe(expected);
});
