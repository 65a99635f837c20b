import { afterEach, expect, test } from 'vitest';
import { closeAll, day, sessionOf, start, subscribe, type TestStripe } from './support.ts';

afterEach(closeAll);

async function periodOf({ client }: TestStripe, id: string): Promise<[string, string]> {
  const { items } = await client.subscriptions.retrieve(id);
  return [day(items.data[0]?.current_period_start), day(items.data[0]?.current_period_end)];
}

test('a plan of a 31st renews for a year at each month’s end, and is charged at its own time', async () => {
  const stripe = await start({ from: '2027-01-31T10:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe);
  expect(await periodOf(stripe, subscription.id)).toEqual(['2027-01-31', '2027-02-28']);
  stripe.received.length = 0;
  await stripe.moveTo('2028-02-01T00:00:00Z');
  expect(await periodOf(stripe, subscription.id)).toEqual(['2028-01-31', '2028-02-29']);
  const invoices = await client.invoices.list({ subscription: subscription.id, limit: 100 });
  expect(invoices.data.map(({ created }) => day(created)).toReversed()).toEqual([
    '2027-01-31',
    '2027-02-28',
    '2027-03-31',
    '2027-04-30',
    '2027-05-31',
    '2027-06-30',
    '2027-07-31',
    '2027-08-31',
    '2027-09-30',
    '2027-10-31',
    '2027-11-30',
    '2027-12-31',
    '2028-01-31',
  ]);
  expect(new Set(invoices.data.map(({ status }) => status))).toEqual(new Set(['paid']));
  expect(invoices.data.map(({ number }) => number?.slice(-4))).toContain('0013');
  const charges = await client.charges.list({ customer: customer.id, limit: 100 });
  expect(charges.data.map(({ created }) => created)).toEqual(invoices.data.map(({ created }) => created));
  // Told of in the step of the move in which it came about, so within the day.
  const paid = stripe.received.filter(({ event }) => event.type === 'invoice.paid');
  expect(paid).toHaveLength(12);
  for (const { at, event } of paid) {
    expect(at / 1000 - event.created).toBeGreaterThanOrEqual(0);
    expect(at / 1000 - event.created).toBeLessThan(86_400);
  }
});

test.each([
  ['week', '2027-01-31T10:00:00Z', '2027-02-07'],
  ['year', '2028-02-29T10:00:00Z', '2029-02-28'],
] as const)('a plan by the %s renews so', async (interval, from, end) => {
  const stripe = await start({ from });
  const { subscription } = await subscribe(stripe, {
    line_items: [
      {
        quantity: 2,
        price_data: {
          currency: 'eur',
          unit_amount: 100,
          recurring: { interval },
          product_data: { name: 'Pro' },
        },
      },
    ],
  });
  expect(day(subscription.items.data[0]?.current_period_end)).toBe(end);
  const invoice = await stripe.client.invoices.retrieve(String(subscription.latest_invoice));
  expect(invoice).toMatchObject({ amount_paid: 200, currency: 'eur' });
});

test('a renewal that fails is tried again after 3, 5, 7 and 14 days, and then ends the subscription', async () => {
  const stripe = await start({ from: '2027-03-10T12:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe, { card: 'declines_later' });
  expect(subscription.status).toBe('active');
  await stripe.moveTo('2027-04-10T18:00:00Z');
  const behind = await client.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
  expect(behind).toMatchObject({
    status: 'past_due',
    latest_invoice: { status: 'open', attempt_count: 1, amount_remaining: 2900 },
  });
  const invoice = behind.latest_invoice as { id: string; next_payment_attempt: number };
  expect(day(invoice.next_payment_attempt)).toBe('2027-04-13');
  expect(await client.customers.retrieve(customer.id)).toMatchObject({ delinquent: true });
  await stripe.moveTo('2027-06-01T00:00:00Z');
  const failures = (await client.events.list({ type: 'invoice.payment_failed', limit: 100 })).data;
  expect(failures.map(({ created }) => day(created)).toReversed()).toEqual([
    '2027-04-10',
    '2027-04-13',
    '2027-04-15',
    '2027-04-17',
    '2027-04-24',
  ]);
  const ended = await client.subscriptions.retrieve(subscription.id);
  expect(ended).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } });
  expect(day(ended.ended_at)).toBe('2027-04-24');
  expect(await client.invoices.retrieve(invoice.id)).toMatchObject({
    status: 'open',
    attempt_count: 5,
    next_payment_attempt: null,
  });
  const charges = await client.charges.list({ customer: customer.id });
  expect(charges.data.filter(({ status }) => status === 'failed')).toHaveLength(5);
  expect(charges.data[0]).toMatchObject({ failure_code: 'card_declined', paid: false });
  expect(stripe.types()).toEqual(
    expect.arrayContaining([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'customer.subscription.updated',
      'customer.subscription.deleted',
    ]),
  );
});

test('a card that works again pays at the next attempt, and all is as before', async () => {
  const stripe = await start({ from: '2027-03-10T12:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe, { card: 'declines_later' });
  await stripe.moveTo('2027-04-11T00:00:00Z');
  await stripe.act('setCard', { customer: customer.id, card: 'works' });
  expect((await client.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
  await stripe.moveTo('2027-04-14T00:00:00Z');
  expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });
  expect((await client.invoices.list({ customer: customer.id, status: 'open' })).data).toEqual([]);
  expect(await client.customers.retrieve(customer.id)).toMatchObject({ delinquent: false });
  expect(await periodOf(stripe, subscription.id)).toEqual(['2027-04-10', '2027-05-10']);
});

test('an open invoice can be paid before its next attempt', async () => {
  const stripe = await start({ from: '2027-03-10T12:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe, { card: 'declines_later' });
  await stripe.moveTo('2027-04-11T00:00:00Z');
  const invoice = (await client.invoices.list({ customer: customer.id, status: 'open' })).data[0]?.id;
  expect(await stripe.act('payInvoice', { invoice })).toMatchObject({ status: 'open', attempt_count: 1 });
  await stripe.act('setCard', { customer: customer.id, card: 'works' });
  expect(await stripe.act('payInvoice', { invoice })).toMatchObject({ status: 'paid' });
  expect((await client.subscriptions.retrieve(subscription.id)).status).toBe('active');
  await expect(stripe.act('payInvoice', { invoice })).rejects.toThrow('is paid');
});

test('what is to end with its period ends then, and is charged no more', async () => {
  const stripe = await start({ from: '2027-03-10T12:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe);
  const asked = await client.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  expect(asked).toMatchObject({
    status: 'active',
    cancel_at_period_end: true,
    cancel_at: subscription.items.data[0]?.current_period_end,
    cancellation_details: { reason: 'cancellation_requested' },
  });
  await stripe.moveTo('2027-04-12T00:00:00Z');
  const ended = await client.subscriptions.retrieve(subscription.id);
  expect(ended).toMatchObject({
    status: 'canceled',
    canceled_at: asked.canceled_at,
    ended_at: asked.cancel_at,
  });
  expect((await client.charges.list({ customer: customer.id })).data).toHaveLength(1);
  const told = (await client.events.list({ type: 'customer.subscription.deleted' })).data;
  expect(told).toHaveLength(1);
  await expect(
    client.subscriptions.update(subscription.id, { cancel_at_period_end: false }),
  ).rejects.toMatchObject({ code: 'invalid_canceled_subscription_fields' });
});

test('who thinks better of it goes on', async () => {
  const stripe = await start({ from: '2027-03-10T12:00:00Z' });
  const { client } = stripe;
  const { subscription } = await subscribe(stripe);
  await client.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  const resumed = await client.subscriptions.update(subscription.id, { cancel_at_period_end: false });
  expect(await client.subscriptions.update(subscription.id, { cancel_at: '' })).toEqual(resumed);
  expect(resumed).toMatchObject({
    cancel_at: null,
    canceled_at: null,
    cancellation_details: { reason: null },
  });
  await stripe.moveTo('2027-04-12T00:00:00Z');
  expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });
});

test('a subscription that is canceled is over at once, and listed only with those that are', async () => {
  const stripe = await start();
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe);
  const { status, ended_at } = await client.subscriptions.cancel(subscription.id, {
    cancellation_details: { comment: 'moved on' },
  });
  expect([status, Math.abs((ended_at ?? 0) - stripe.clock.now() / 1000) < 60]).toEqual(['canceled', true]);
  await expect(client.subscriptions.cancel(subscription.id)).rejects.toMatchObject({ statusCode: 404 });
  const ids = async (status?: 'all' | 'canceled' | 'active') =>
    (await client.subscriptions.list({ customer: customer.id, ...(status && { status }) })).data.map(
      ({ id }) => id,
    );
  expect([await ids(), await ids('active')]).toEqual([[], []]);
  expect([await ids('all'), await ids('canceled')]).toEqual([[subscription.id], [subscription.id]]);
});

test('what is left of the period becomes credit where that is asked for, and pays for what comes next', async () => {
  const stripe = await start({ from: '2027-04-01T00:00:00Z' });
  const { client } = stripe;
  const { customer, subscription } = await subscribe(stripe);
  await stripe.moveTo('2027-04-16T00:00:01Z');
  const ended = await client.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true });
  const invoice = await client.invoices.retrieve(String(ended.latest_invoice));
  expect(invoice).toMatchObject({ status: 'paid', total: -1450, amount_due: 0, ending_balance: -1450 });
  expect(invoice.lines.data[0]?.parent?.subscription_item_details?.proration).toBe(true);
  expect(await client.customers.retrieve(customer.id)).toMatchObject({ balance: -1450 });
  expect((await client.charges.list({ customer: customer.id })).data).toHaveLength(1);

  const session = await client.checkout.sessions.create(sessionOf(customer.id));
  const paid = await stripe.act('pay', { session: session.id, card: 'works' });
  expect(await client.invoices.retrieve(paid.invoice)).toMatchObject({
    status: 'paid',
    total: 2900,
    starting_balance: -1450,
    ending_balance: 0,
    amount_paid: 1450,
  });
  expect((await client.charges.list({ customer: customer.id })).data.map(({ amount }) => amount)).toEqual([
    1450, 2900,
  ]);
});

test('what fell due while nothing ran comes about at the next start, at its own time', async () => {
  const first = await start({ from: '2027-03-10T12:00:00Z' });
  const { subscription } = await subscribe(first);
  await first.close();
  await first.moveTo('2027-06-01T00:00:00Z');
  const second = await start({ state: first.state });
  const invoices = await second.client.invoices.list({ subscription: subscription.id });
  expect(invoices.data.map(({ created }) => day(created))).toEqual([
    '2027-05-10',
    '2027-04-10',
    '2027-03-10',
  ]);
  await second.whenIdle();
  expect(second.types().filter((type) => type === 'invoice.paid')).toHaveLength(2);
});
