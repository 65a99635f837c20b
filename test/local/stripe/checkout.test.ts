import StripeClient from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { apiVersion } from '../../../local/stripe/api-version.ts';
import { closeAll, sessionOf, start, subscribe } from './support.ts';

afterEach(closeAll);

test('speaks the version that the client is pinned to', () => {
  expect(apiVersion).toBe(StripeClient.API_VERSION);
});

test('a session that is paid makes an active subscription, a paid invoice and a charge that refer to each other', async () => {
  const stripe = await start();
  const { client } = stripe;
  const { customer, session, subscription } = await subscribe(stripe);
  expect(session).toMatchObject({
    object: 'checkout.session',
    status: 'complete',
    payment_status: 'paid',
    url: null,
    amount_total: 2900,
    currency: 'usd',
    client_reference_id: 'subscription-1',
    metadata: { order: '7' },
    customer: customer.id,
    subscription: subscription.id,
  });
  expect(subscription).toMatchObject({
    status: 'active',
    customer: customer.id,
    metadata: { plan: 'pro' },
    cancel_at_period_end: false,
    latest_invoice: session.invoice,
  });
  const [item] = subscription.items.data;
  expect(item?.price).toMatchObject({ unit_amount: 2900, currency: 'usd', recurring: { interval: 'month' } });
  expect(String(item?.price.unit_amount_decimal)).toBe('2900');
  expect('current_period_end' in subscription).toBe(false);

  const invoice = await client.invoices.retrieve(String(session.invoice), { expand: ['payments'] });
  expect(invoice).toMatchObject({
    status: 'paid',
    amount_paid: 2900,
    amount_remaining: 0,
    customer: customer.id,
  });
  expect(invoice.parent?.subscription_details?.subscription).toBe(subscription.id);
  expect(invoice.lines.data[0]).toMatchObject({
    amount: 2900,
    period: { start: item?.current_period_start, end: item?.current_period_end },
  });
  const intent = String(invoice.payments?.data[0]?.payment.payment_intent);
  const charges = await client.charges.list({ customer: customer.id, expand: ['data.refunds'] });
  expect(charges.data).toHaveLength(1);
  expect(charges.data[0]).toMatchObject({
    status: 'succeeded',
    paid: true,
    amount: 2900,
    payment_intent: intent,
    refunds: { object: 'list', data: [] },
  });
  expect(await client.paymentIntents.retrieve(intent)).toMatchObject({
    status: 'succeeded',
    latest_charge: charges.data[0]?.id,
  });
  const payments = await client.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: intent },
  });
  expect(payments.data.map((payment) => [payment.invoice, payment.status])).toEqual([[invoice.id, 'paid']]);
});

test('paying tells the webhook of everything that came about', async () => {
  const stripe = await start();
  const { session } = await subscribe(stripe);
  expect(stripe.types().toSorted()).toEqual([
    'charge.succeeded',
    'checkout.session.completed',
    'customer.created',
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
    'payment_intent.created',
    'payment_intent.succeeded',
    'payment_method.attached',
  ]);
  const told = stripe.received.find(({ event }) => event.type === 'checkout.session.completed')?.event;
  expect(told?.data.object).toEqual(session);
});

test('a card that is declined leaves the session open, and makes nothing', async () => {
  const stripe = await start();
  const { client } = stripe;
  const customer = await client.customers.create({ email: 'a@example.com' });
  const session = await client.checkout.sessions.create(sessionOf(customer.id));
  expect(await stripe.act('pay', { session: session.id, card: 'declines' })).toMatchObject({
    status: 'open',
  });
  expect((await client.subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([]);
  expect((await client.charges.list({ customer: customer.id })).data).toEqual([]);
  expect(await stripe.act('pay', { session: session.id, card: 'works' })).toMatchObject({
    status: 'complete',
  });
});

test('a session is paid once', async () => {
  const stripe = await start();
  const { session } = await subscribe(stripe);
  await expect(stripe.act('pay', { session: session.id, card: 'works' })).rejects.toThrow(
    'status of complete',
  );
  expect((await stripe.client.charges.list()).data).toHaveLength(1);
});

test('a session expires at its time, and can be paid no more', async () => {
  const stripe = await start();
  const { client, clock } = stripe;
  const customer = await client.customers.create();
  const expires_at = Math.floor(clock.now() / 1000) + 3600;
  const session = await client.checkout.sessions.create(sessionOf(customer.id, { expires_at }));
  expect(session).toMatchObject({ status: 'open', expires_at });
  await stripe.moveTo(clock.now() + 3_500_000);
  expect((await client.checkout.sessions.retrieve(session.id)).status).toBe('open');
  await stripe.moveTo(clock.now() + 200_000);
  const expired = await client.checkout.sessions.retrieve(session.id);
  expect(expired).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' });
  const told = stripe.received.find(({ event }) => event.type === 'checkout.session.expired')?.event;
  expect(told).toMatchObject({
    created: expires_at,
    data: { object: { id: session.id, status: 'expired' } },
  });
  await expect(stripe.act('pay', { session: session.id, card: 'works' })).rejects.toThrow(
    'status of expired',
  );
});

test('a session that its caller expires is expired once', async () => {
  const stripe = await start();
  const { client } = stripe;
  const customer = await client.customers.create();
  const session = await client.checkout.sessions.create(sessionOf(customer.id));
  expect(await client.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired' });
  await expect(client.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
  await stripe.whenIdle();
  expect(stripe.types().filter((type) => type === 'checkout.session.expired')).toHaveLength(1);
});

test.each([
  ['sooner than in half an hour', 29 * 60, 'at least 30 minutes'],
  ['later than in a day', 25 * 3600, 'less than 24 hours'],
])('a session cannot expire %s', async (_, seconds, message) => {
  const { client, clock } = await start();
  const customer = await client.customers.create();
  const expires_at = Math.floor(clock.now() / 1000) + seconds;
  await expect(client.checkout.sessions.create(sessionOf(customer.id, { expires_at }))).rejects.toMatchObject(
    { statusCode: 400, param: 'expires_at', message: expect.stringContaining(message) },
  );
});

test('sessions are listed for their customer, the newest first, with what is asked for in place', async () => {
  const { client } = await start();
  const [one, two] = [await client.customers.create(), await client.customers.create()];
  const first = await client.checkout.sessions.create(sessionOf(one.id));
  await client.checkout.sessions.create(sessionOf(two.id));
  const last = await client.checkout.sessions.create(sessionOf(one.id));
  const { data } = await client.checkout.sessions.list({
    customer: one.id,
    expand: ['data.line_items', 'data.customer'],
  });
  expect(data.map(({ id }) => id)).toEqual([last.id, first.id]);
  expect(data[0]).toMatchObject({
    customer: { id: one.id, object: 'customer' },
    line_items: { data: [{ description: 'Pro', quantity: 1, amount_total: 2900 }] },
  });
});
