import { composeTimedKeys } from '../keys/index.ts';
import { createSecretsManagerClient } from '../runtime/clients.ts';
import { dashboardEnvironment, productEnvironment } from '../runtime/contract.ts';
import { createDocumentClient, type DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { subscriptionsTableEnvironment } from '../subscriptions/contract.ts';
import { composeSubscriptionsWithUsageKeys } from '../subscriptions/index.ts';
import { paymentOfferEnvironment, stripeEnvironment, stripeWebhookEnvironment } from './contract.ts';
import type { PaymentDependencies } from './dependencies.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { createStripe } from './gateways/stripe-client.ts';
import { createStripeGateway } from './gateways/stripe-gateway.ts';
import { type AvailabilityStore, createAvailabilityStore } from './stores/availability-store.ts';
import { createPaymentStore } from './stores/payment-store.ts';
import {
  createStripeApiKey,
  createStripeWebhookSecret,
  type Freshness,
  type OperatorSecret,
} from './stores/stripe-secrets.ts';
import type { ChoiceDependencies } from './tier-choice.ts';

/** Whether tiers that cost money can be chosen: whether the operator has connected Stripe, as of the last minute. */
export function composeAvailability(client: DocumentClient): () => Promise<boolean> {
  return availabilityStore(client).get;
}

/** What looking at the connection works with: secrets as they are at that moment. */
export function composeConnection() {
  const client = createDocumentClient();
  const atOnce = { freshMilliseconds: 0 };
  return {
    availability: availabilityStore(client),
    apiKey: composeApiKey(atOnce),
    webhookSecret: composeWebhookSecret(atOnce),
  };
}

function availabilityStore(client: DocumentClient): AvailabilityStore {
  return createAvailabilityStore(client, parseEnvironment(subscriptionsTableEnvironment).SUBSCRIPTIONS_TABLE);
}

/** Deletes a customer at Stripe, and with it subscriptions and cards; one that is gone is no error. */
export function composePaymentErasure(): (customerId: string) => Promise<void> {
  const stripe = composeGateway();
  return async (customerId) => {
    const gateway = await stripe();
    if (gateway === undefined) {
      throw new Error('a customer is to be deleted at Stripe, which is not connected any more');
    }
    await gateway.deleteCustomer(customerId);
  };
}

/** What Stripe's messages are checked with; undefined as long as nobody has set it. */
export function composeWebhookSecret(freshness: Freshness = {}): OperatorSecret {
  const { STRIPE_WEBHOOK_SECRET_ARN } = parseEnvironment(stripeWebhookEnvironment);
  return createStripeWebhookSecret(createSecretsManagerClient(), STRIPE_WEBHOOK_SECRET_ARN, freshness);
}

function composeApiKey(freshness: Freshness = {}): OperatorSecret {
  const { STRIPE_API_KEY_SECRET_ARN, STRIPE_TEST_MODE } = parseEnvironment(stripeEnvironment);
  return createStripeApiKey(createSecretsManagerClient(), STRIPE_API_KEY_SECRET_ARN, {
    ...freshness,
    testMode: STRIPE_TEST_MODE === 'allowed',
  });
}

/** Stripe, by the API key that the operator has set last. */
export function composeGateway(): () => Promise<PaymentGateway | undefined> {
  const { STRIPE_API_URL } = parseEnvironment(stripeEnvironment);
  const apiKey = composeApiKey();
  let made: { readonly key: string; readonly gateway: PaymentGateway } | undefined;
  return async () => {
    const key = await apiKey();
    if (key === undefined) return undefined;
    if (made?.key !== key) {
      made = { key, gateway: createStripeGateway(createStripe(key, STRIPE_API_URL)) };
    }
    return made.gateway;
  };
}

/** What everything works with that follows what Stripe says, from a function's environment. */
export function composePayments(): PaymentDependencies {
  const { SUBSCRIPTIONS_TABLE } = parseEnvironment(subscriptionsTableEnvironment);
  const timed = composeTimedKeys();
  return {
    ...timed,
    subscriptions: composeSubscriptionsWithUsageKeys(timed.client),
    payments: createPaymentStore(timed.client, SUBSCRIPTIONS_TABLE),
    stripe: composeGateway(),
  };
}

/** For functions that offer to pay: Stripe counts as connected when its messages can be checked, too. */
export function composeOffer(): () => Promise<PaymentGateway | undefined> {
  const stripe = composeGateway();
  const webhookSecret = composeWebhookSecret();
  return async () => ((await webhookSecret()) === undefined ? undefined : stripe());
}

/** What choosing a tier works with, from the function's environment. */
export function composeChoice(): ChoiceDependencies {
  const { DASHBOARD_ORIGIN } = parseEnvironment(dashboardEnvironment);
  const { SUPPORT_ADDRESS } = parseEnvironment(productEnvironment);
  const { PRODUCT_NAME } = parseEnvironment(paymentOfferEnvironment);
  return {
    ...composePayments(),
    stripe: composeOffer(),
    dashboardOrigin: DASHBOARD_ORIGIN,
    supportAddress: SUPPORT_ADDRESS,
    productName: PRODUCT_NAME,
  };
}
