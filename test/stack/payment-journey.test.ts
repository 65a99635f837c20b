import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day, hour } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;
const payers: Payer[] = [];

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
});
afterAll(() => stack.close());

async function begin(...args: Parameters<TestPayments['begin']>): Promise<Payer> {
  const payer = await payments.begin(...args);
  payers.push(payer);
  return payer;
}

describe('R3: somebody pays', () => {
  test('and has the tier when it is paid, not a moment before; the keys follow, the count of the month stays', async () => {
    const ada = await payments.newPayer('ada@example.com');
    payers.push(ada);
    expect(await payments.limit(ada)).toEqual({ limit: 100, remaining: 99 });
    const [first, second] = await Promise.all([payments.choose(ada, 'pro'), payments.choose(ada, 'pro')]);
    expect(first?.body).toMatchObject({ tier: 'free', outcome: 'payment-required' });
    // Two tabs, one checkout.
    expect(second?.body).toEqual(first?.body);
    expect((await ada.call('GET', '/account')).body).toMatchObject({
      tier: 'free',
      checkout: first?.body.checkout,
      tierChosenAt: expect.any(String),
    });

    expect(await payments.pay(ada, 'declines')).toMatchObject({ status: 'open' });
    expect(await payments.limit(ada)).toEqual({ limit: 100, remaining: 98 });
    const key = await ada.call('POST', '/account/keys', { name: 'while unpaid' });
    expect(key.body.tier).toBe('free');

    expect(await payments.pay(ada, 'works')).toMatchObject({ status: 'complete' });
    expect(await payments.limit(ada)).toEqual({ limit: 10_000, remaining: 9_997 });
    const { body: account } = await ada.call('GET', '/account');
    expect(account).toMatchObject({
      tier: 'pro',
      payment: { status: 'active', periodEndsAt: expect.any(String) },
    });
    expect(account.checkout).toBeUndefined();
    const { body: listed } = await ada.call('GET', '/account/keys');
    expect(listed.keys.map(({ tier }: { tier: string }) => tier)).toEqual(['pro', 'pro']);
    expect((await payments.choose(ada, 'pro')).body).toEqual({ tier: 'pro', outcome: 'unchanged' });
    expect(await payments.subscriptionsOf(ada)).toHaveLength(1);
    expect(await payments.subjects(ada)).toContainEqual(expect.stringMatching(/tier is now pro/i));
    const [subscription] = await payments.subscriptionsOf(ada);
    const [line] = subscription?.items.data ?? [];
    // The tier table is the one truth about prices.
    expect(line?.price).toMatchObject({
      unit_amount: 4900,
      currency: 'usd',
      recurring: { interval: 'month' },
    });
  });

  test('and is asked for the card on a page of Stripe’s, the same one for the same request', async () => {
    const bob = await begin('bob@example.com');
    const once = { 'Idempotency-Key': 'a-portal-for-bob' };
    const first = await bob.call('POST', '/account/portal', undefined, once);
    expect(first.status).toBe(200);
    expect((await bob.call('POST', '/account/portal', undefined, once)).body).toEqual(first.body);
    const other = await bob.call('POST', '/account/portal');
    expect(other.body.url).not.toBe(first.body.url);
    expect((await fetch(first.body.url)).status).toBe(200);
    const { email } = (await payments.client.customers.retrieve(await payments.customerOf(bob))) as {
      email?: string;
    };
    expect(email).toBe('bob@example.com');
  });

  test('who has never paid has no such page', async () => {
    const nobody = await payments.newPayer('nobody@example.com');
    const refused = await nobody.call('POST', '/account/portal');
    expect([refused.status, refused.body.type]).toEqual([409, expect.stringMatching(/\/conflict$/)]);
  });
});

describe('somebody cancels', () => {
  test('in the dashboard: paid until the period ends, then free; and may change their mind until then', async () => {
    const carol = await begin('carol@example.com');
    const { periodEndsAt = '' } = (await payments.item(carol.subscriptionId)).payment ?? {};
    const ending = { tier: 'pro', outcome: 'ends-with-period', changesAt: periodEndsAt };
    expect((await payments.choose(carol, 'free')).body).toEqual(ending);
    await payments.settle();
    expect((await payments.choose(carol, 'pro')).body).toEqual({ tier: 'pro', outcome: 'goes-on' });
    expect((await payments.choose(carol, 'free')).body).toEqual(ending);
    await payments.settle();
    expect(await payments.subjects(carol)).toContainEqual(expect.stringMatching(/tier ends on/));

    await payments.pass(Date.parse(periodEndsAt) - stack.clock.now() - hour);
    expect((await payments.limit(carol)).limit).toBe(10_000);
    await payments.pass(2 * hour);
    expect((await payments.limit(carol)).limit).toBe(100);
    const { body } = await carol.call('GET', '/account');
    expect(body).toMatchObject({ tier: 'free', payment: { status: 'ended' } });
    expect(await payments.actions(carol)).toContain('change-tier');
  });

  test('on Stripe’s page: the same, and Stripe need not be asked for it', async () => {
    const dave = await begin('dave@example.com');
    const [subscription] = await payments.subscriptionsOf(dave);
    await payments.act('cancelAtPeriodEnd', { subscription: subscription?.id, cancel: true });
    await payments.settle();
    const { cancelsAt } = (await payments.item(dave.subscriptionId)).payment ?? {};
    expect(cancelsAt).toBeDefined();
    await payments.act('cancelAtPeriodEnd', { subscription: subscription?.id, cancel: false });
    await payments.settle();
    expect((await payments.item(dave.subscriptionId)).payment?.cancelsAt).toBeUndefined();
  });
});

test('all of it is on record, whole, and no log tells a secret', async () => {
  await payments.pass(day);
  await payments.endsWell(payers);
});
