import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, sessionOf, start, subscribe, type TestStripe } from './support.ts';

afterEach(closeAll);

/** What a browser does: a page, or a form of it sent. */
async function visit(url: string) {
  const response = await fetch(url, { redirect: 'manual' });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
async function send(url: string, fields: Record<string, string>, origin = new URL(url).origin) {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams(fields),
  });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    text: await response.text(),
  };
}

async function openSession(stripe: TestStripe) {
  const customer = await stripe.client.customers.create({ email: 'a@example.com' });
  return stripe.client.checkout.sessions.create(sessionOf(customer.id));
}

describe('the pay page', () => {
  test('shows what is paid, and leads on once it is', async () => {
    const stripe = await start();
    const { id, url } = await openSession(stripe);
    const shown = await visit(String(url));
    expect(shown.status).toBe(200);
    for (const text of ['Subscribe to Pro', '$29.00', 'per month', 'a@example.com', 'Pay $29.00', 'Cancel']) {
      expect(shown.text).toContain(text);
    }
    expect(shown.text).toContain(`href="https://example.com/back?session=${id}"`);
    const paid = await send(String(url), { card: 'works' });
    expect([paid.status, paid.location]).toEqual([303, `https://example.com/done?session=${id}`]);
    expect(await stripe.client.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete' });
    // Pressed twice.
    expect((await send(String(url), { card: 'works' })).status).toBe(303);
    expect((await stripe.client.charges.list()).data).toHaveLength(1);
    expect((await visit(String(url))).text).toContain('This is paid');
  });

  test('says why a card was declined, and takes another', async () => {
    const stripe = await start();
    const { id, url } = await openSession(stripe);
    const { status, location } = await send(String(url), { card: 'declines' });
    expect(status).toBe(303);
    const shown = await visit(new URL(location, stripe.url).href);
    expect(shown.text).toContain('role="alert"');
    expect(shown.text).toContain('Your card was declined.');
    expect((await send(String(url), { card: 'declines_later' })).location).toContain(
      'https://example.com/done',
    );
    expect(await stripe.client.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete' });
  });

  test('says that it is too late, and that there is none', async () => {
    const stripe = await start();
    const { id, url } = await openSession(stripe);
    await stripe.client.checkout.sessions.expire(id);
    expect((await visit(String(url))).status).toBe(410);
    expect((await visit(`${stripe.url}/c/pay/cs_test_none`)).status).toBe(404);
    expect((await send(String(url), { card: 'works' })).location).toBe(`/c/pay/${id}`);
  });

  test('takes no form of another web page, nor one with an unknown card', async () => {
    const stripe = await start();
    const { id, url } = await openSession(stripe);
    expect((await send(String(url), { card: 'works' }, 'https://example.com')).status).toBe(403);
    expect((await send(String(url), { card: 'works' }, 'null')).status).toBe(403);
    expect((await send(String(url), { card: 'gold' })).status).toBe(400);
    expect(await stripe.client.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
  });

  test('is a page by itself: escaped, in no frame, with nothing from elsewhere', async () => {
    const stripe = await start();
    const customer = await stripe.client.customers.create({ email: '<script>alert(1)</script>@example.com' });
    const session = sessionOf(customer.id);
    const { url } = await stripe.client.checkout.sessions.create(session);
    const { text, headers } = await visit(String(url));
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|src=|@import|url\(/);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });
});

describe('the portal', () => {
  async function portal() {
    const stripe = await start({ from: '2027-03-10T12:00:00Z' });
    const { customer, subscription } = await subscribe(stripe);
    const { url } = await stripe.client.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'https://example.com/account',
    });
    const press = (act: string) => send(url, { subscription: subscription.id, act });
    return { stripe, client: stripe.client, customer, subscription, url, press };
  }

  test('cancels at the end of the period, and takes that back', async () => {
    const { client, subscription, url, press } = await portal();
    const shown = await visit(url);
    for (const text of ['$29.00 per month', 'Renews on 2027-04-10', 'href="https://example.com/account"']) {
      expect(shown.text).toContain(text);
    }
    expect((await press('cancel')).status).toBe(303);
    expect((await visit(url)).text).toContain('Ends on 2027-04-10');
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({
      cancel_at_period_end: true,
    });
    await press('resume');
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({
      cancel_at_period_end: false,
    });
  });

  test('replaces the card, and pays what is open', async () => {
    const { stripe, client, customer, subscription, press } = await portal();
    await press('declines');
    await stripe.moveTo('2027-04-11T00:00:00Z');
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'past_due' });
    const fresh = await client.billingPortal.sessions.create({ customer: customer.id });
    expect((await visit(fresh.url)).text).toContain('Pay the open invoice of $29.00 now');
    await send(fresh.url, { subscription: subscription.id, act: 'works' });
    await send(fresh.url, { subscription: subscription.id, act: 'pay' });
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });
  });

  test('opens for an hour, and only its own customer’s subscriptions', async () => {
    const { stripe, client, url, press } = await portal();
    const other = await subscribe(stripe);
    const tried = await send(url, { subscription: other.subscription.id, act: 'cancel' });
    expect(tried.status).toBe(400);
    expect(await client.subscriptions.retrieve(other.subscription.id)).toMatchObject({
      cancel_at_period_end: false,
    });
    await stripe.moveTo(stripe.clock.now() + 3_700_000);
    expect((await visit(url)).status).toBe(410);
    await press('cancel');
    expect((await client.events.list({ type: 'customer.subscription.updated' })).data).toEqual([]);
  });
});

describe('the operator’s page', () => {
  test('shows customers, charges and events, and does to them what happens at Stripe', async () => {
    const stripe = await start({ from: '2027-03-10T12:00:00Z' });
    const { client } = stripe;
    const { customer, subscription } = await subscribe(stripe);
    const press = (fields: Record<string, string>) => send(`${stripe.url}/`, fields);
    const [charge] = (await client.charges.list()).data;
    const shown = await visit(stripe.url);
    for (const text of [
      'a@example.com',
      customer.id,
      subscription.id,
      '$29.00',
      'invoice.paid',
      'delivered',
    ]) {
      expect(shown.text).toContain(text);
    }
    expect((await press({ act: 'refund', charge: `${charge?.id}`, amount: '9.50' })).status).toBe(303);
    expect(await client.charges.retrieve(`${charge?.id}`)).toMatchObject({ amount_refunded: 950 });
    const wrong = await press({ act: 'refund', charge: `${charge?.id}`, amount: 'much' });
    expect([wrong.status, wrong.text.includes('is no amount')]).toEqual([400, true]);
    await press({ act: 'refund', charge: `${charge?.id}`, amount: '' });
    expect(await client.charges.retrieve(`${charge?.id}`)).toMatchObject({ refunded: true });

    await press({ act: 'setCard', customer: customer.id, card: 'declines' });
    await stripe.moveTo('2027-04-11T00:00:00Z');
    const [invoice] = (await client.invoices.list({ status: 'open' })).data;
    expect((await visit(stripe.url)).text).toContain('Pay it now');
    await press({ act: 'setCard', customer: customer.id, card: 'works' });
    await press({ act: 'payInvoice', invoice: `${invoice?.id}` });
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });

    const [latest] = (await client.charges.list()).data;
    await press({ act: 'dispute', charge: `${latest?.id}` });
    const [dispute] = (await client.disputes.list()).data;
    expect((await visit(stripe.url)).text).toContain('Dispute is won');
    await press({ act: 'closeDispute', dispute: `${dispute?.id}`, outcome: 'lost' });
    expect(await client.disputes.retrieve(`${dispute?.id}`)).toMatchObject({ status: 'lost' });

    const [event] = (await client.events.list()).data;
    await stripe.whenIdle();
    const before = stripe.received.length;
    await press({ act: 'resend', event: `${event?.id}` });
    await stripe.whenIdle();
    expect(stripe.received.slice(before).map((delivery) => delivery.event.id)).toEqual([event?.id]);
  });

  test('takes no form of another web page', async () => {
    const stripe = await start();
    await subscribe(stripe);
    const [charge] = (await stripe.client.charges.list()).data;
    const refund = { act: 'refund', charge: `${charge?.id}` };
    expect((await send(`${stripe.url}/`, refund, 'https://example.com')).status).toBe(403);
    expect((await stripe.client.refunds.list()).data).toEqual([]);
  });
});
