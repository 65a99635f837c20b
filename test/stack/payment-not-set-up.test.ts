import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientOptions, minute } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;
let ada: Payer;
let secretsManager: SecretsManagerClient;

beforeAll(async () => {
  stack = await startTestStack();
  payments = paymentsOf(stack);
  ada = await payments.newPayer('ada@example.com');
  secretsManager = new SecretsManagerClient(clientOptions(stack));
});
afterAll(async () => {
  secretsManager.destroy();
  await stack.close();
});

/** As an operator does. Functions notice within a minute. */
async function set(logicalId: string, SecretString: string): Promise<void> {
  const [secret] = stack.template
    .byType('AWS::SecretsManager::Secret')
    .filter(({ logicalId: id }) => id.startsWith(logicalId));
  await secretsManager.send(new PutSecretValueCommand({ SecretId: secret?.ref, SecretString }));
  await payments.pass(minute + 1000);
}

const proOf = async () => {
  const { body } = await ada.call('GET', '/account');
  return body.tiers.find(({ name }: { name: string }) => name === 'pro');
};

function webhook() {
  const payload = JSON.stringify({
    id: 'evt_byHand',
    object: 'event',
    type: 'invoice.paid',
    data: { object: { customer: 'cus_1' } },
  });
  const timestamp = Math.floor(stack.clock.now() / 1000);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: stack.stripe?.webhookSecret ?? '',
    timestamp,
  });
  return stack.request('POST', '/webhooks/stripe', { 'Stripe-Signature': signature }, payload);
}

test('without Stripe’s secrets everything works but what has to be paid, which says so', async () => {
  expect(await proOf()).toMatchObject({ available: false, unavailableBecause: expect.any(String) });
  for (const refused of [
    await payments.choose(ada, 'pro'),
    await ada.call('POST', '/account/portal'),
    await webhook(),
  ]) {
    expect([refused.status, refused.body.type]).toEqual([
      409,
      expect.stringMatching(/\/payment-unavailable$/),
    ]);
  }
  expect((await payments.choose(ada, 'free')).body).toEqual({ tier: 'free', outcome: 'unchanged' });
  expect((await payments.choose(ada, 'enterprise', 'we need more')).body.outcome).toBe('requested');
  expect(await payments.status(ada)).toBe(200);
  expect(await stack.manage('settle-payments', {})).toMatchObject({ due: 0, failed: 0 });
});

test('with one of the two, nobody is asked to pay, and Stripe is told to come again', async () => {
  await set('PaymentsStripeWebhookSecret', stack.stripe?.webhookSecret ?? '');
  expect(await proOf()).toMatchObject({ available: false });
  expect((await payments.choose(ada, 'pro')).status).toBe(409);
  expect(await stack.manage('check-payments', {})).toEqual({ isAvailable: false, missing: ['api-key'] });
  expect(await stack.logs()).toContain('"PaymentsHalfConnected":1');
  const answer = await webhook();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
});

test('once an operator has set both, the tier can be chosen, within a minute and without a deployment', async () => {
  await set('PaymentsStripeApiKey', stack.stripe?.secretKey ?? '');
  expect(await proOf()).toMatchObject({ available: true });
  expect((await payments.choose(ada, 'pro')).body.outcome).toBe('payment-required');
  await payments.pay(ada);
  expect((await payments.limit(ada)).limit).toBe(10_000);
});

test('once an operator has taken one away again, it cannot, and both routes say so', async () => {
  await set('PaymentsStripeApiKey', 'none any more');
  expect(await proOf()).toMatchObject({ available: false });
  const bob = await payments.newPayer('bob@example.com');
  expect((await payments.choose(bob, 'pro')).body.type).toMatch(/\/payment-unavailable$/);
});

test('an API key that Stripe does not take is a fault of ours, told in no answer and no log', async () => {
  await set('PaymentsStripeApiKey', 'sk_test_wrongKeyOfNobody0123456789');
  const refused = await ada.call('POST', '/account/portal');
  expect(refused.status).toBe(503);
  expect(await stack.logs()).toContain('"StripeUnavailable":1');
  const text = `${refused.text}${await stack.logs()}`;
  expect(text).not.toMatch(/sk_test|wrongKeyOfNobody|OfNobody0123/);
  expect(await stack.logs()).toContain('StripeAuthenticationError');
});
