import { createSecretsManagerClient } from '../runtime/clients.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { stripeEnvironment, stripeWebhookEnvironment } from './contract.ts';
import { createCustomerEraser } from './gateways/customer-eraser.ts';
import { createStripeApiKey, createStripeWebhookSecret } from './stores/stripe-secrets.ts';

/** Whether tiers that cost money can be chosen: whether the operator has connected Stripe. */
export function composeAvailability(): () => Promise<boolean> {
  const { STRIPE_WEBHOOK_SECRET_ARN } = parseEnvironment(stripeWebhookEnvironment);
  const secret = createStripeWebhookSecret(createSecretsManagerClient(), STRIPE_WEBHOOK_SECRET_ARN);
  return async () => (await secret()) !== undefined;
}

/** Deletes a customer at Stripe, and with it subscriptions and cards; one that is gone is no error. */
export function composePaymentErasure(): (customerId: string) => Promise<void> {
  const { STRIPE_API_URL, STRIPE_API_KEY_SECRET_ARN } = parseEnvironment(stripeEnvironment);
  const apiKey = createStripeApiKey(createSecretsManagerClient(), STRIPE_API_KEY_SECRET_ARN);
  return createCustomerEraser(apiKey, STRIPE_API_URL);
}
