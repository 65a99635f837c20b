import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewCheckout, PaymentGateway } from '../../functions/payments/gateways/payment-gateway.ts';
import { createStripe } from '../../functions/payments/gateways/stripe-client.ts';
import { createStripeGateway } from '../../functions/payments/gateways/stripe-gateway.ts';
import { UnavailableError } from '../../functions/runtime/errors.ts';
import { closeAll, start, type TestStripe } from '../local/stripe/support.ts';

/** The product's own client against the stand-in of Stripe's API. */

let stripe: TestStripe;
let gateway: PaymentGateway;
const subscriptionId = 'sub_0123456789AbCdEfGhIj';
const month = 31 * 86_400_000;

beforeAll(async () => {
  stripe = await start({ from: '2027-01-04T10:20:30.000Z' });
  gateway = createStripeGateway(createStripe(stripe.secretKey, stripe.url));
});
afterAll(closeAll);

const checkoutOf = (customerId: string): NewCheckout => ({
  customerId,
  subscriptionId,
  tier: 'pro',
  pricePerMonth: 49,
  title: 'AI Decision Engine, pro tier',
  successUrl: 'https://dashboard.example.com/plan?checkout=done',
  cancelUrl: 'https://dashboard.example.com/plan?checkout=canceled',
});

let keys = 0;
const newKey = () => `key-${++keys}`;

async function paid(card = 'works') {
  const customerId = await gateway.createCustomer(subscriptionId, newKey());
  const checkout = await gateway.createCheckout(checkoutOf(customerId), newKey());
  await stripe.act('pay', { session: checkout.id, card });
  const facts = await gateway.facts(customerId, checkout.id);
  return { customerId, checkout, facts, id: facts.subscriptions[0]?.id ?? '' };
}

describe('a customer', () => {
  it('is made once for one key, without anything personal, and told the address afterwards', async () => {
    const key = newKey();
    const customerId = await gateway.createCustomer(subscriptionId, key);
    expect(await gateway.createCustomer(subscriptionId, key)).toBe(customerId);
    const made = await stripe.client.customers.retrieve(customerId);
    expect(made).toMatchObject({ email: null, name: null, metadata: { subscriptionId } });
    expect(await gateway.updateCustomer(customerId, { email: 'ada@example.com', name: 'Ada' })).toBe(true);
    expect(await stripe.client.customers.retrieve(customerId)).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada',
    });
    expect(await gateway.updateCustomer(customerId, { email: 'ada@example.com' })).toBe(true);
    const { name } = (await stripe.client.customers.retrieve(customerId)) as { name?: string | null };
    expect(name ?? '').toBe('');
  });

  it('that is deleted ends everything, once', async () => {
    const { customerId, id } = await paid();
    await gateway.deleteCustomer(customerId);
    await gateway.deleteCustomer(customerId);
    expect(await gateway.updateCustomer(customerId, { email: 'ada@example.com' })).toBe(false);
    expect((await stripe.client.subscriptions.retrieve(id)).status).toBe('canceled');
  });

  it('who was deleted has the facts of before, for nothing runs any more', async () => {
    const { customerId, id } = await paid();
    await gateway.deleteCustomer(customerId);
    const facts = await gateway.facts(customerId, undefined);
    expect(facts.subscriptions).toMatchObject([{ id, status: 'canceled' }]);
    expect(facts.charges).toHaveLength(1);
  });

  it('whom Stripe never heard of is no customer who was deleted: the API key is a wrong one', async () => {
    const person = { email: 'ada@example.com' };
    for (const call of [
      () => gateway.facts('cus_nobody', 'cs_none'),
      () => gateway.updateCustomer('cus_nobody', person),
      () => gateway.deleteCustomer('cus_nobody'),
      () => gateway.customerOfCharge('ch_nobody'),
    ]) {
      const error = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnavailableError);
      expect(String(error)).toMatch(/API key is of another Stripe account, or of the other mode/);
    }
  });
});

describe('a checkout', () => {
  it('is opened once for one key, says what is sold for how much, and lasts a day', async () => {
    const customerId = await gateway.createCustomer(subscriptionId, newKey());
    const key = newKey();
    const opened = await gateway.createCheckout(checkoutOf(customerId), key);
    expect(await gateway.createCheckout(checkoutOf(customerId), key)).toEqual(opened);
    const lasts = Date.parse(opened.expiresAt) - stripe.clock.now();
    expect(Math.round(lasts / 60_000)).toBe(24 * 60);
    const session = await stripe.client.checkout.sessions.retrieve(opened.id, { expand: ['line_items'] });
    expect(session).toMatchObject({
      mode: 'subscription',
      amount_total: 4900,
      currency: 'usd',
      client_reference_id: subscriptionId,
      metadata: { subscriptionId, tier: 'pro', price: '4900 usd/month' },
      success_url: 'https://dashboard.example.com/plan?checkout=done',
    });
    expect(session.line_items?.data[0]?.description).toBe('AI Decision Engine, pro tier');
    expect((await gateway.facts(customerId, opened.id)).checkout).toEqual({ ...opened, status: 'open' });
  });

  it('is expired, and one that is over is left as it is', async () => {
    const customerId = await gateway.createCustomer(subscriptionId, newKey());
    const { id } = await gateway.createCheckout(checkoutOf(customerId), newKey());
    await gateway.expireCheckout(id);
    await gateway.expireCheckout(id);
    expect((await gateway.facts(customerId, id)).checkout?.status).toBe('expired');
    const { checkout } = await paid();
    await gateway.expireCheckout(checkout.id);
    await expect(gateway.facts(customerId, checkout.id)).resolves.toMatchObject({
      checkout: { status: 'complete' },
    });
  });
});

describe('facts', () => {
  it('of a payment are the subscription with its first invoice, and the charge', async () => {
    const { facts, id } = await paid();
    const now = new Date(Math.floor(stripe.clock.now() / 1000) * 1000).toISOString();
    expect(facts).toEqual({
      checkout: expect.objectContaining({ status: 'complete' }),
      subscriptions: [
        {
          id,
          status: 'active',
          metadata: { subscriptionId, tier: 'pro', price: '4900 usd/month' },
          price: { amount: 4900, currency: 'usd', interval: 'month', quantity: 1 },
          createdAt: now,
          periodStartsAt: now,
          periodEndsAt: expect.any(String),
          latestInvoice: { isPaid: true, isFirst: true, createdAt: now, finalizedAt: now },
        },
      ],
      charges: [{ createdAt: now, disputes: [] }],
    });
  });

  it('of a payment that fails are an open invoice; attempts that failed are no charges', async () => {
    const { customerId } = await paid('declines_later');
    await stripe.clock.moveTo(stripe.clock.now() + month);
    await stripe.whenIdle();
    const { subscriptions, charges } = await gateway.facts(customerId, undefined);
    expect(subscriptions).toMatchObject([
      { status: 'past_due', latestInvoice: { isPaid: false, isFirst: false } },
    ]);
    expect(charges).toHaveLength(1);
  });

  it('of what was taken back are when, and of disputes how they stand', async () => {
    const refunded = await paid();
    const [charge] = (await stripe.client.charges.list({ customer: refunded.customerId })).data;
    await stripe.act('refund', { charge: charge?.id, amount: 100 });
    expect((await gateway.facts(refunded.customerId, undefined)).charges[0]?.refundedAt).toBeUndefined();
    await stripe.act('refund', { charge: charge?.id });
    expect((await gateway.facts(refunded.customerId, undefined)).charges[0]?.refundedAt).toEqual(
      expect.any(String),
    );

    const disputed = await paid();
    const [other] = (await stripe.client.charges.list({ customer: disputed.customerId })).data;
    const dispute = (await stripe.act('dispute', { charge: other?.id })) as { id: string };
    const statuses = async () => (await gateway.facts(disputed.customerId, undefined)).charges[0]?.disputes;
    expect(await statuses()).toEqual([{ status: 'needs_response', createdAt: expect.any(String) }]);
    await stripe.act('closeDispute', { dispute: dispute.id, outcome: 'won' });
    expect(await statuses()).toMatchObject([{ status: 'won' }]);
    expect(await gateway.customerOfCharge(other?.id ?? '')).toBe(disputed.customerId);
  });
});

describe('a subscription', () => {
  const stateOf = async (customerId: string) => (await gateway.facts(customerId, undefined)).subscriptions[0];

  it('ends with its period, or goes on after all', async () => {
    const { customerId, id } = await paid();
    await gateway.setEnding(id, true);
    await gateway.setEnding(id, true);
    const ending = await stateOf(customerId);
    expect(ending?.cancelsAt).toBe(ending?.periodEndsAt);
    await gateway.setEnding(id, false);
    expect(await stateOf(customerId)).not.toHaveProperty('cancelsAt');
  });

  it('ends now, with credit for what is paid or without, and an end is no error the second time', async () => {
    for (const credit of [true, false]) {
      const { customerId, id } = await paid();
      await gateway.cancel(id, { credit });
      await gateway.cancel(id, { credit });
      await gateway.setEnding(id, true);
      expect(await stateOf(customerId)).toMatchObject({ status: 'canceled', endedAt: expect.any(String) });
      const { balance } = (await stripe.client.customers.retrieve(customerId)) as { balance?: number };
      expect(balance).toBe(credit ? -4900 : 0);
    }
  });
});

it('the portal is the same for the same key, and another for none', async () => {
  const { customerId } = await paid();
  const open = (key?: string) => gateway.createPortal(customerId, 'https://dashboard.example.com/plan', key);
  const key = newKey();
  const first = await open(key);
  expect(await open(key)).toBe(first);
  expect(await open()).not.toBe(first);
});

it('a key that Stripe does not take is told by its kind, and not by a part of it', async () => {
  const wrong = createStripeGateway(createStripe('sk_test_wrongKeyOfNobody0123456789', stripe.url));
  for (const call of [
    () => wrong.facts('cus_1', 'cs_1'),
    () => wrong.facts('cus_1', undefined),
    () => wrong.createCustomer(subscriptionId, newKey()),
    () => wrong.cancel('sub_1', { credit: false }),
    () => wrong.deleteCustomer('cus_1'),
  ]) {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toMatch(/StripeAuthenticationError/);
    expect(String(error)).not.toMatch(/sk_|6789/);
  }
});

it('where Stripe cannot be reached, that is told as something that will pass', async () => {
  const nowhere = createStripeGateway(createStripe(stripe.secretKey, 'http://127.0.0.1:9'));
  await expect(nowhere.facts('cus_1', undefined)).rejects.toThrow(UnavailableError);
});
