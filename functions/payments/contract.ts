import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1));

/** Calling Stripe. */
export const stripeEnvironment = z.object({
  /** `https://api.stripe.com` */
  STRIPE_API_URL: text,
  STRIPE_API_KEY_SECRET_ARN: text,
  /** Whether keys of its test mode are taken. */
  STRIPE_TEST_MODE: z.enum(['allowed', 'refused']),
});

/** Checking what Stripe sends. */
export const stripeWebhookEnvironment = z.object({ STRIPE_WEBHOOK_SECRET_ARN: text });

/** What is sold: what Stripe's page says above the price. */
export const paymentOfferEnvironment = z.object({ PRODUCT_NAME: text });
