import { afterAll, beforeAll, expect, test } from 'vitest';
import { day, hour } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;
let ada: Payer;
let bob: Payer;

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
  ada = await payments.begin('ada@example.com', 'declines_later');
  bob = await payments.begin('bob@example.com', 'declines_later');
  await stack.evaluate(ada.apiKey);
});
afterAll(() => stack.close());

const paymentOf = async (payer: Payer) => (await payments.item(payer.subscriptionId)).payment;
const newSubjects = async (payer: Payer, pattern: RegExp) =>
  (await payments.subjects(payer)).filter((subject) => pattern.test(subject));

test('a payment that fails leaves everything as it is for 7 days, and its owner is told', async () => {
  const { periodEndsAt = '' } = (await paymentOf(ada)) ?? {};
  await payments.pass(Date.parse(periodEndsAt) - stack.clock.now() + 2 * hour);
  const { status, failedAt = '', graceEndsAt = '' } = (await paymentOf(ada)) ?? {};
  expect(status).toBe('past-due');
  expect(Date.parse(graceEndsAt) - Date.parse(failedAt)).toBe(7 * day);
  const { body } = await ada.call('GET', '/account');
  expect(body).toMatchObject({ tier: 'pro', payment: { status: 'past-due', failedAt, graceEndsAt } });
  expect((await payments.limit(ada)).limit).toBe(10_000);
  expect(await newSubjects(ada, /failed: please pay by/)).toHaveLength(1);
});

test('who pays what is missing goes on, and is told so', async () => {
  const customer = await payments.customerOf(bob);
  await payments.act('setCard', { customer, card: 'works' });
  const [subscription] = await payments.subscriptionsOf(bob);
  await payments.act('payInvoice', { invoice: subscription?.latest_invoice });
  await payments.settle();
  expect(await paymentOf(bob)).toMatchObject({ status: 'active' });
  expect((await paymentOf(bob))?.graceEndsAt).toBeUndefined();
  expect(await payments.actions(bob)).toEqual(
    expect.arrayContaining(['payment-failed', 'payment-recovered']),
  );
});

test('two days before the end its owner is reminded, once', async () => {
  const { graceEndsAt = '' } = (await paymentOf(ada)) ?? {};
  await payments.pass(Date.parse(graceEndsAt) - 2 * day - stack.clock.now() - hour);
  expect(await newSubjects(ada, /unless it is paid/)).toHaveLength(0);
  await payments.pass(3 * hour);
  expect(await newSubjects(ada, /unless it is paid/)).toHaveLength(1);
  await payments.pass(12 * hour);
  expect(await newSubjects(ada, /unless it is paid/)).toHaveLength(1);
});

test('after 7 days the tier is free: keys stay, the count of the month stays, Stripe charges no more', async () => {
  const { graceEndsAt = '' } = (await paymentOf(ada)) ?? {};
  await payments.pass(Date.parse(graceEndsAt) - stack.clock.now() - hour);
  expect((await payments.item(ada.subscriptionId)).tier).toBe('pro');
  const before = await payments.limit(ada);
  await payments.pass(2 * hour);
  const after = await payments.limit(ada);
  expect(before.limit).toBe(10_000);
  // This request and the one before count; nothing else has changed.
  expect(after).toEqual({ limit: 100, remaining: 100 - (10_000 - before.remaining) - 1 });
  const { tier, change, payment } = await payments.item(ada.subscriptionId);
  expect([tier, change.reason, payment?.status]).toEqual(['free', 'payment missing for 7 days', 'ended']);
  const [subscription] = await payments.subscriptionsOf(ada);
  expect(subscription?.status).toBe('canceled');
  expect((await payments.item(bob.subscriptionId)).tier).toBe('pro');
});

test('whoever pays again has the tier again', async () => {
  expect((await payments.choose(ada, 'pro')).body.outcome).toBe('payment-required');
  await payments.pay(ada);
  expect((await payments.limit(ada)).limit).toBe(10_000);
  await payments.endsWell([ada, bob]);
});
