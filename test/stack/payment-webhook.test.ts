import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentsOf, itemsOf } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;
let ada: Payer;
let customer: string;
let secret: string;

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
  ada = await payments.begin('ada@example.com');
  customer = await payments.customerOf(ada);
  secret = stack.stripe?.webhookSecret ?? '';
});
afterAll(() => stack.close());

let events = 0;
function eventOf(type: string, object: object, id = `evt_byHand${++events}`): string {
  return JSON.stringify({ id, object: 'event', type, created: 1, data: { object } });
}

/** As Stripe signs, some seconds ago. */
function signed(payload: string, { age = 0, by = secret } = {}): string {
  const timestamp = Math.floor(stack.clock.now() / 1000) - age;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret: by, timestamp });
}

function post(payload: string, signature?: string): Promise<HttpAnswer> {
  return stack.request(
    'POST',
    '/webhooks/stripe',
    {
      'Content-Type': 'application/json; charset=utf-8',
      ...(signature === undefined ? {} : { 'Stripe-Signature': signature }),
    },
    payload,
  );
}

const typeOf = ({ status, body }: HttpAnswer) => [status, String(body?.type).replace(/^.*\//, '')];
const paid = () => eventOf('invoice.paid', { id: 'in_1', customer });

describe('a message that Stripe did not send', () => {
  const other = 'whsec_somebody_elses_secret_0123456789';
  test.each<[string, () => [string, string | undefined]]>([
    ['without a signature', () => [paid(), undefined]],
    ['with a signature that is none', () => [paid(), 'a signature']],
    ['with an empty one', () => [paid(), '']],
    ['signed with another secret', () => with_(paid(), (payload) => signed(payload, { by: other }))],
    ['signed for another body', () => [paid(), signed(paid())]],
    ['with one byte more', () => with_(paid(), (payload) => signed(payload), ' ')],
    ['signed more than five minutes ago', () => with_(paid(), (payload) => signed(payload, { age: 302 }))],
    ['that claims another time', () => with_(paid(), (payload) => signed(payload).replace(/t=\d+/, 't=1'))],
    ['that claims no time', () => with_(paid(), (payload) => signed(payload).replace(/t=\d+/, 't=x'))],
    ['of another scheme', () => with_(paid(), (payload) => signed(payload).replace('v1=', 'v0='))],
    ['without a body', () => ['', signed('')]],
  ])('%s changes nothing', async (_how, message) => {
    const before = await contentsOf(stack);
    const [payload, signature] = message();
    expect(typeOf(await post(payload, signature))).toEqual([400, 'signature-not-valid']);
    expect(await contentsOf(stack)).toEqual(before);
  });

  function with_(payload: string, sign: (payload: string) => string, more = ''): [string, string] {
    return [`${payload}${more}`, sign(payload)];
  }

  test('is counted where it claims to be Stripe’s, for the secret may be a wrong one', async () => {
    const counted = async () => (await stack.logs()).split('"PaymentEventsRefused":1').length;
    const before = await counted();
    await post(paid());
    expect(await counted()).toBe(before);
    const payload = paid();
    await post(payload, signed(payload, { by: other }));
    expect(await counted()).toBe(before + 1);
  });

  test('is too large to be read', async () => {
    const payload = eventOf('invoice.paid', { customer, padding: 'x'.repeat(600 * 1024) });
    expect(typeOf(await post(payload, signed(payload)))).toEqual([413, 'request-too-large']);
  });
});

describe('a message that Stripe sent', () => {
  test('is not believed: what it tells, Stripe is asked', async () => {
    const stranger = await payments.newPayer('stranger@example.com');
    await payments.choose(stranger, 'pro');
    const metadata = { subscriptionId: stranger.subscriptionId, tier: 'pro' };
    const claim = { id: 'sub_1', customer: await payments.customerOf(stranger), status: 'active', metadata };
    const payload = eventOf('customer.subscription.created', claim);
    expect((await post(payload, signed(payload))).status).toBe(200);
    expect(await payments.item(stranger.subscriptionId)).toMatchObject({ tier: 'free' });
    expect((await payments.limit(stranger)).limit).toBe(100);
  });

  test('again and again is on record once, and changes nothing the second time', async () => {
    const payload = paid();
    const answers = await Promise.all([1, 2, 3].map(() => post(payload, signed(payload))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const before = await contentsOf(stack);
    expect((await post(payload, signed(payload, { age: 290 }))).status).toBe(200);
    expect(await contentsOf(stack)).toEqual(before);
    const { id } = JSON.parse(payload);
    const items = await itemsOf(stack, 'Subscriptions');
    const records = items.filter(({ subscriptionId }) => subscriptionId === `event#${id}`);
    expect(records).toEqual([{ subscriptionId: `event#${id}`, expiresAt: expect.any(Number) }]);
    // It goes when Stripe can no longer send it again.
    const days = (Number(records[0]?.['expiresAt']) - stack.clock.now() / 1000) / 86_400;
    expect(Math.round(days)).toBe(90);
  });

  test.each<[string, string, object]>([
    ['a kind that nothing follows from', 'payment_method.attached', { id: 'pm_1' }],
    ['a customer who is not ours', 'invoice.paid', { customer: 'cus_somebody' }],
    ['nobody', 'invoice.paid', { customer: null }],
  ])('about %s is taken, and changes nothing', async (_what, type, object) => {
    const before = await contentsOf(stack);
    const payload = eventOf(type, object);
    const answer = await post(payload, signed(payload));
    expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('about a charge of another business of the operator’s is taken, and changes nothing', async () => {
    const { client, act } = payments;
    const other = await client.customers.create({});
    const price = {
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' as const },
      product_data: { name: 'a newspaper' },
    };
    const session = await client.checkout.sessions.create({
      mode: 'subscription',
      customer: other.id,
      line_items: [{ quantity: 1, price_data: price }],
      success_url: 'https://news.example.com/',
    });
    await act('pay', { session: session.id, card: 'works' });
    await payments.settle();
    const [charge] = (await client.charges.list({ customer: other.id })).data;
    const before = await contentsOf(stack);
    const payload = eventOf('charge.dispute.created', { id: 'dp_1', charge: charge?.id });
    expect((await post(payload, signed(payload))).status).toBe(200);
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('about what Stripe does not know comes again: the API key is a wrong one', async () => {
    const before = await contentsOf(stack);
    const payload = eventOf('charge.dispute.created', { id: 'dp_2', charge: 'ch_nobody' });
    expect(typeOf(await post(payload, signed(payload)))).toEqual([503, 'service-unavailable']);
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('with a body of any bytes is checked as it came', async () => {
    const payload = eventOf('invoice.paid', { customer, note: 'grüße, 🦊' });
    expect((await post(payload, signed(payload))).status).toBe(200);
  });

  test('all at once, about one customer, end in one state', async () => {
    const [subscription] = await payments.subscriptionsOf(ada);
    const client = payments.client.subscriptions;
    const changes = [true, false, true].map((cancel_at_period_end) =>
      client.update(subscription?.id ?? '', { cancel_at_period_end }),
    );
    const payloads = [1, 2, 3, 4].map(() => paid());
    await Promise.all([...changes, ...payloads.map((payload) => post(payload, signed(payload)))]);
    await payments.settle();
    const [now] = await payments.subscriptionsOf(ada);
    const { payment } = await payments.item(ada.subscriptionId);
    expect(payment?.cancelsAt !== undefined).toBe(now?.cancel_at_period_end);
  });

  test('stands in no log', async () => {
    const payload = eventOf('invoice.paid', { customer, note: 'a body that nobody should read' });
    await post(payload, signed(payload));
    await post(payload, 'a header that nobody should read');
    expect(await stack.logs()).not.toContain('that nobody should read');
    await payments.endsWell([ada]);
  });
});
