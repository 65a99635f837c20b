import { describe, expect, it, test } from 'vitest';
import { endingsOf, nextStep } from '../../functions/payments/rules/next-step.ts';
import { readPaymentEvent } from '../../functions/payments/rules/payment-event.ts';
import type {
  ChargeFacts,
  PaymentFacts,
  SubscriptionFacts,
} from '../../functions/payments/rules/payment-facts.ts';
import { notAsAgreed, standingOf } from '../../functions/payments/rules/payment-of.ts';
import { reversalOf } from '../../functions/payments/rules/reversal.ts';
import { withPaymentTimer } from '../../functions/payments/rules/timer.ts';
import type { PaymentState, SubscriptionItem } from '../../functions/subscriptions/rules/index.ts';

const subscriptionId = 'sub_0123456789AbCdEfGhIj';
const begun = '2026-11-01T10:00:00.000Z';
const renewed = '2026-12-01T10:00:00.000Z';
const finalized = '2026-12-01T11:00:00.000Z';
const next = '2027-01-01T10:00:00.000Z';
const graceEndsAt = '2026-12-08T11:00:00.000Z';
const at = (iso: string) => new Date(iso);

const firstInvoice = { isPaid: true, isFirst: true, createdAt: begun, finalizedAt: begun };
const secondInvoice = { isPaid: false, isFirst: false, createdAt: renewed, finalizedAt: finalized };

function subscription(fields: Partial<SubscriptionFacts> = {}): SubscriptionFacts {
  return {
    id: 'sub_stripe',
    status: 'active',
    metadata: { subscriptionId, tier: 'pro', price: '4900 usd/month' },
    price: { amount: 4900, currency: 'usd', interval: 'month', quantity: 1 },
    createdAt: begun,
    periodStartsAt: begun,
    periodEndsAt: renewed,
    latestInvoice: firstInvoice,
    ...fields,
  };
}

const pastDue = subscription({
  status: 'past_due',
  periodStartsAt: renewed,
  periodEndsAt: next,
  latestInvoice: secondInvoice,
});

const charge = (createdAt: string, fields: Partial<ChargeFacts> = {}): ChargeFacts => ({
  createdAt,
  disputes: [],
  ...fields,
});

const facts = (fields: Partial<PaymentFacts> = {}): PaymentFacts => ({
  subscriptions: [],
  charges: [],
  ...fields,
});

function item(fields: Partial<SubscriptionItem> = {}): SubscriptionItem {
  return withPaymentTimer({
    subscriptionId,
    email: 'ada@example.com',
    tier: 'pro',
    tierCause: 'payment',
    payment: {
      customerId: 'cus_1',
      stripeSubscriptionId: 'sub_stripe',
      status: 'active',
      periodEndsAt: renewed,
    },
    usageKeys: {},
    keyIds: [],
    createdAt: begun,
    revision: 1,
    change: { action: 'change-tier', actor: { kind: 'system', id: 'stripe' }, requestId: 'r', at: begun },
    ...fields,
  });
}

const failing = (payment: Partial<PaymentState> = {}) =>
  item({
    payment: {
      customerId: 'cus_1',
      stripeSubscriptionId: 'sub_stripe',
      status: 'past-due',
      periodEndsAt: renewed,
      failedAt: finalized,
      graceEndsAt,
      ...payment,
    },
  });

describe('a subscription of Stripe’s', () => {
  const open = { ...firstInvoice, isPaid: false };
  const draft = { isPaid: false, isFirst: false, createdAt: renewed };
  const paid = { ...secondInvoice, isPaid: true };
  test.each<[string, Partial<SubscriptionFacts>, ReturnType<typeof standingOf>]>([
    ['paid', {}, 'active'],
    ['active before its first payment', { latestInvoice: open }, undefined],
    ['without an invoice', { status: 'active', latestInvoice: undefined as never }, undefined],
    ['that waits for its first payment', { status: 'incomplete', latestInvoice: open }, undefined],
    ['whose first payment never came', { status: 'incomplete_expired', latestInvoice: open }, undefined],
    ['on trial', { status: 'trialing', latestInvoice: firstInvoice }, undefined],
    ['that is paused', { status: 'paused', latestInvoice: firstInvoice }, undefined],
    ['in the hour in which the next invoice is a draft', { latestInvoice: draft }, 'active'],
    ['past due', { status: 'past_due', latestInvoice: secondInvoice }, 'past-due'],
    ['unpaid', { status: 'unpaid', latestInvoice: secondInvoice }, 'past-due'],
    ['past due at its first payment', { status: 'past_due', latestInvoice: open }, undefined],
    ['that was paid a moment ago', { status: 'past_due', latestInvoice: paid }, 'active'],
    ['canceled', { status: 'canceled', latestInvoice: secondInvoice }, 'ended'],
    ['of a status that nobody knows', { status: 'something_new' }, undefined],
  ])('%s is to us what it is', (_what, fields, standing) => {
    expect(standingOf(subscription(fields))).toBe(standing);
  });

  it('for somebody else, or for another tier, pays for nothing here', () => {
    const free = item({ tier: 'free', payment: { customerId: 'cus_1' } });
    for (const metadata of [
      {},
      { subscriptionId: 'sub_other', tier: 'pro' },
      { subscriptionId, tier: 'mail' },
    ]) {
      const step = nextStep(free, facts({ subscriptions: [subscription({ metadata })] }), at(begun));
      expect(step).toBeUndefined();
    }
    const ours = nextStep(free, facts({ subscriptions: [subscription()] }), at(begun));
    expect(ours).toMatchObject({ action: 'change-tier', tier: 'pro', tierCause: 'payment', reason: 'paid' });
  });
});

describe('a subscription that is not what its checkout said', () => {
  const price = { amount: 4900, currency: 'usd', interval: 'month', quantity: 1 };
  const free = item({ tier: 'free', payment: { customerId: 'cus_1' } });

  test.each<[string, SubscriptionFacts['price'] | undefined]>([
    ['cheaper', { ...price, amount: 100 }],
    ['dearer', { ...price, amount: 9900 }],
    ['in another currency', { ...price, currency: 'jpy' }],
    ['by the year', { ...price, interval: 'year' }],
    ['twice', { ...price, quantity: 2 }],
    ['not at all', { ...price, quantity: 0 }],
    ['of several things, or at a price without an amount', undefined],
  ])('%s pays for nothing here, is left to the operator, and is told', (_how, other) => {
    const { price: _agreed, ...rest } = subscription();
    const switched = facts({
      subscriptions: [{ ...rest, ...(other === undefined ? {} : { price: other }) }],
    });
    expect(nextStep(free, switched, at(begun))).toBeUndefined();
    expect(nextStep(item(), switched, at(begun))).toMatchObject({ action: 'change-tier', tier: 'free' });
    expect(endingsOf(item(), switched, at(begun))).toBeUndefined();
    expect(notAsAgreed(switched, subscriptionId)).toEqual(['sub_stripe']);
    const agreed = facts({ subscriptions: [subscription()] });
    expect(notAsAgreed(agreed, subscriptionId)).toEqual([]);
  });

  it('ends, with credit, once another one is paid; until then that one’s checkout may be', () => {
    const switched = subscription({ id: 'sub_switched', price: { ...price, quantity: 2 } });
    const checkout = { id: 'cs_1', status: 'open', url: 'https://x', expiresAt: renewed } as const;
    expect(endingsOf(free, facts({ subscriptions: [switched], checkout }), at(begun))).toBeUndefined();
    expect(endingsOf(free, facts({ subscriptions: [switched, subscription()] }), at(begun))).toEqual({
      subscriptions: [{ id: 'sub_switched', credit: true }],
    });
  });

  it('goes on at another price once the operator has agreed to it in its metadata', () => {
    const metadata = { subscriptionId, tier: 'pro', price: '3900 usd/month' };
    const cheaper = subscription({ metadata, price: { ...price, amount: 3900 } });
    expect(nextStep(free, facts({ subscriptions: [cheaper] }), at(begun))).toMatchObject({ tier: 'pro' });
  });
});

describe('a payment that is missing', () => {
  const missing = facts({ subscriptions: [pastDue] });

  it('is missing for 7 days to the second, counted from its invoice and not from when anybody looked', () => {
    expect(endingsOf(failing(), missing, at('2026-12-08T10:59:59.999Z'))).toBeUndefined();
    const over = { subscriptions: [{ id: 'sub_stripe', credit: false }] };
    expect(endingsOf(failing(), missing, at('2026-12-08T11:00:00.000Z'))).toEqual(over);
    // Nobody has looked at it before.
    expect(endingsOf(item(), missing, at('2026-12-08T11:00:00.000Z'))).toEqual(over);
  });

  it('is told when it is found, and reminded two days before the end, to the second', () => {
    expect(nextStep(item(), missing, at(finalized))).toMatchObject({
      action: 'payment-failed',
      tier: 'pro',
      payment: { status: 'past-due', failedAt: finalized, graceEndsAt, periodEndsAt: renewed },
    });
    expect(nextStep(failing(), missing, at('2026-12-06T10:59:59.999Z'))).toBeUndefined();
    expect(nextStep(failing(), missing, at('2026-12-06T11:00:00.000Z'))).toMatchObject({
      action: 'remind-payment',
      payment: { remindedFor: graceEndsAt },
    });
    const reminded = failing({ remindedFor: graceEndsAt });
    expect(nextStep(reminded, missing, at('2026-12-07T11:00:00.000Z'))).toBeUndefined();
  });

  it('that is found after the time of the reminder is told once, not twice', () => {
    const step = nextStep(item(), missing, at('2026-12-06T11:00:00.000Z'));
    expect(step).toMatchObject({ action: 'payment-failed', payment: { remindedFor: graceEndsAt } });
  });

  it('and comes is told, and its times are gone', () => {
    const paid = { ...pastDue, status: 'active', latestInvoice: { ...secondInvoice, isPaid: true } };
    const step = nextStep(
      failing({ remindedFor: graceEndsAt }),
      facts({ subscriptions: [paid] }),
      at(graceEndsAt),
    );
    expect(step?.action).toBe('payment-recovered');
    expect(step?.payment).toEqual({
      customerId: 'cus_1',
      stripeSubscriptionId: 'sub_stripe',
      status: 'active',
      periodEndsAt: next,
    });
  });

  it.each([
    ['canceled by its owner', { ...firstInvoice }, 'canceled', graceEndsAt],
    ['canceled for want of a payment', secondInvoice, 'payment missing for 7 days', graceEndsAt],
    ['given up by Stripe earlier', secondInvoice, 'payment missing', renewed],
  ])('ends the tier that it paid for: %s', (_what, latestInvoice, reason, now) => {
    const ended = subscription({ status: 'canceled', endedAt: now, latestInvoice });
    expect(nextStep(failing(), facts({ subscriptions: [ended] }), at(now))).toMatchObject({
      action: 'change-tier',
      tier: 'free',
      tierCause: 'payment',
      reason,
      payment: { status: 'ended', endedAt: now },
    });
  });

  it.each(['admin', 'owner', undefined] as const)('ends no tier that it did not give: %s', (tierCause) => {
    const ended = facts({ subscriptions: [subscription({ status: 'canceled', endedAt: graceEndsAt })] });
    const { tierCause: _payment, ...rest } = item();
    const given = { ...rest, ...(tierCause === undefined ? {} : { tierCause }) };
    expect(nextStep(given, ended, at(graceEndsAt))).toMatchObject({ action: 'payment-changed', tier: 'pro' });
  });
});

describe('an enterprise tier', () => {
  it('outranks a payment, which ends with credit for what is paid, and its checkout, too', () => {
    const given = item({ tier: 'enterprise', tierCause: 'admin' });
    const checkout = { id: 'cs_1', status: 'open', url: 'https://x', expiresAt: renewed } as const;
    expect(endingsOf(given, facts({ subscriptions: [subscription()], checkout }), at(begun))).toEqual({
      subscriptions: [{ id: 'sub_stripe', credit: true }],
      checkout: 'cs_1',
    });
    expect(endingsOf(given, facts({ subscriptions: [pastDue] }), at(finalized))).toEqual({
      subscriptions: [{ id: 'sub_stripe', credit: false }],
    });
    expect(given.nextActionAt).toBe(begun);
    const ended = facts({ subscriptions: [subscription({ status: 'canceled', endedAt: begun })] });
    expect(endingsOf(given, ended, at(begun))).toBeUndefined();
    expect(nextStep(given, ended, at(begun))).toMatchObject({
      action: 'payment-changed',
      tier: 'enterprise',
    });
  });
});

test('of two subscriptions for one tier, the older ends with credit', () => {
  const older = subscription({ id: 'sub_older', createdAt: '2026-10-31T10:00:00.000Z' });
  expect(endingsOf(item(), facts({ subscriptions: [older, subscription()] }), at(begun))).toEqual({
    subscriptions: [{ id: 'sub_older', credit: true }],
  });
});

describe('a payment that was taken back', () => {
  const refunded = (createdAt: string, refundedAt: string) => charge(createdAt, { refundedAt });
  const disputed = (status: string, createdAt = finalized) =>
    charge(begun, { disputes: [{ status, createdAt }] });

  test.each(['needs_response', 'under_review', 'lost', 'appeal_under_review', 'something_new'])(
    'by a dispute that %s says of is reversed',
    (status) => {
      expect(reversalOf([disputed(status)])).toEqual({ kind: 'dispute', at: finalized });
    },
  );

  test.each(['won', 'prevented', 'warning_needs_response', 'warning_under_review', 'warning_closed'])(
    'is none by a dispute that is %s',
    (status) => {
      expect(reversalOf([disputed(status)])).toBeUndefined();
    },
  );

  it('is reversed until a charge that was made after it, to the second', () => {
    const reversed = { kind: 'refund', at: finalized };
    expect(reversalOf([refunded(begun, finalized)])).toEqual(reversed);
    expect(reversalOf([charge(finalized), refunded(begun, finalized)])).toEqual(reversed);
    expect(reversalOf([charge('2026-12-01T11:00:01.000Z'), refunded(begun, finalized)])).toBeUndefined();
    // Good, and older than what was taken back of an earlier month.
    expect(reversalOf([charge(renewed), refunded(begun, finalized)])).toEqual(reversed);
  });

  it('is not made up for by a charge that was taken back itself', () => {
    const both = [refunded(renewed, '2026-12-02T10:00:00.000Z'), refunded(begun, finalized)];
    expect(reversalOf(both)).toEqual({ kind: 'refund', at: finalized });
  });

  it('is good again where a dispute was won, or a part of it given back', () => {
    expect(reversalOf([charge(begun)])).toBeUndefined();
    const reversed = item({
      payment: { customerId: 'cus_1', reversal: { kind: 'dispute', at: finalized } },
    });
    const step = nextStep(reversed, facts({ charges: [disputed('won')] }), at(finalized));
    expect(step).toMatchObject({ action: 'change-tier' });
    const settled = { ...reversed, tier: 'free' };
    expect(nextStep(settled, facts({ charges: [disputed('won')] }), at(finalized))).toMatchObject({
      action: 'payment-restored',
      reason: 'the payment stands after all',
    });
  });

  it('stays so for as long as nothing is known of any charge', () => {
    const reversed = item({
      tier: 'free',
      payment: { customerId: 'cus_2', reversal: { kind: 'dispute', at: finalized } },
    });
    expect(nextStep(reversed, facts(), at(finalized))).toBeUndefined();
  });

  it('suspends before anything else is done', () => {
    const ended = subscription({ status: 'canceled', endedAt: finalized });
    const both = facts({ subscriptions: [ended], charges: [refunded(begun, finalized)] });
    expect(nextStep(item(), both, at(finalized))).toMatchObject({ action: 'payment-reversed', tier: 'pro' });
  });
});

describe('the timer', () => {
  const timerOf = (payment: PaymentState, now: string, fields: Partial<SubscriptionItem> = {}) =>
    item({ payment, change: { ...item().change, at: now }, ...fields }).nextActionAt;
  const active = { customerId: 'cus_1', status: 'active', periodEndsAt: renewed } as const;
  const checkout = { id: 'cs_1', url: 'https://x', expiresAt: renewed };
  const opened = '2026-11-30T10:00:00.000Z';
  const reversal = { kind: 'dispute', at: begun } as const;

  test.each<[string, PaymentState, string, string | undefined]>([
    ['an hour after what is paid', active, begun, '2026-12-01T11:00:00.000Z'],
    ['daily where nothing is clear then', active, '2026-12-01T11:00:00.000Z', '2026-12-02T11:00:00.000Z'],
    ['and goes on so', active, '2026-12-05T00:00:00.000Z', '2026-12-05T11:00:00.000Z'],
    ['soon after a checkout begins', { customerId: 'cus_1', checkout }, opened, '2026-11-30T10:05:00.000Z'],
    [
      'hourly while it is open',
      { customerId: 'cus_1', checkout },
      '2026-11-30T10:05:00.000Z',
      '2026-11-30T11:05:00.000Z',
    ],
    [
      'when it is over',
      { customerId: 'cus_1', checkout },
      '2026-12-01T09:30:00.000Z',
      '2026-12-01T10:05:00.000Z',
    ],
    [
      'hourly after that, until that is clear',
      { customerId: 'cus_1', checkout },
      '2026-12-01T10:05:00.000Z',
      '2026-12-01T11:05:00.000Z',
    ],
    [
      'weekly while money is taken back',
      { customerId: 'cus_1', reversal },
      begun,
      '2026-11-08T10:00:00.000Z',
    ],
    ['not for ever', { customerId: 'cus_1', reversal }, '2027-06-01T10:00:00.000Z', undefined],
    [
      'monthly after the end, for money may be taken back',
      { customerId: 'cus_1', status: 'ended', endedAt: begun },
      begun,
      '2026-12-01T10:00:00.000Z',
    ],
    ['nothing without payments', { customerId: 'cus_1' }, begun, undefined],
  ])('looks %s', (_when, payment, now, expected) => {
    expect(timerOf(payment, now)).toBe(expected);
  });

  it('comes for the reminder, then for the end, of a payment that is missing', () => {
    const { payment } = failing();
    expect(timerOf(payment as PaymentState, finalized)).toBe('2026-12-06T11:00:00.000Z');
    expect(timerOf({ ...(payment as PaymentState), remindedFor: graceEndsAt }, finalized)).toBe(graceEndsAt);
  });

  it('that has come is set anew, with a line on record and nothing else', () => {
    const { payment } = item();
    const step = nextStep(item(), facts({ subscriptions: [subscription()] }), at('2026-12-01T11:00:00.000Z'));
    expect(step).toMatchObject({ action: 'reschedule', payment, tier: 'pro' });
    expect(nextStep(item(), facts({ subscriptions: [subscription()] }), at(renewed))).toBeUndefined();
  });
});

describe('an event', () => {
  const event = (type: string, object: object) => ({ id: 'evt_1', type, data: { object } });

  test.each([
    'checkout.session.completed',
    'checkout.session.expired',
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.deleted',
    'invoice.paid',
    'invoice.payment_failed',
    'charge.refunded',
    'refund.failed',
  ])('%s says whose it is', (type) => {
    const about = { customerId: 'cus_1' };
    expect(readPaymentEvent(event(type, { id: 'x', customer: 'cus_1' }))).toEqual({ id: 'evt_1', about });
    expect(readPaymentEvent(event(type, { id: 'x', customer: { id: 'cus_1' } }))).toEqual({
      id: 'evt_1',
      about,
    });
  });

  it('of a dispute says which charge, and of a deleted customer which', () => {
    expect(readPaymentEvent(event('charge.dispute.created', { id: 'dp_1', charge: 'ch_1' }))?.about).toEqual({
      chargeId: 'ch_1',
    });
    expect(readPaymentEvent(event('customer.deleted', { id: 'cus_1' }))?.about).toEqual({
      customerId: 'cus_1',
    });
  });

  test.each<[string, unknown]>([
    ['of a kind that nothing follows from', event('payment_intent.created', { customer: 'cus_1' })],
    ['of nobody', event('invoice.paid', { customer: null })],
    ['that is none', { id: 'evt_1' }],
    ['that is no object', 'evt_1'],
  ])('%s is left', (_what, json) => {
    expect(readPaymentEvent(json)).toBeUndefined();
  });
});
