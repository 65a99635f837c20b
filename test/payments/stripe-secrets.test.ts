import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import {
  createStripeApiKey,
  createStripeWebhookSecret,
} from '../../functions/payments/stores/stripe-secrets.ts';

/** A secret that holds one value. */
const holding = (SecretString: string) =>
  ({ send: () => Promise.resolve({ SecretString }) }) as unknown as SecretsManagerClient;

describe('Stripe’s API key', () => {
  it.each([
    ['sk_live_a', 'sk_live_a', 'sk_live_a'],
    ['rk_live_a\n', 'rk_live_a', 'rk_live_a'],
    ['sk_test_a', 'sk_test_a', undefined],
    [' rk_test_a ', 'rk_test_a', undefined],
    ['pk_live_a', undefined, undefined],
    ['whsec_a', undefined, undefined],
    ['A4bzz0QnVw3h2kLmR8sT', undefined, undefined],
  ])('%j is, where test mode is allowed, %s, and elsewhere %s', async (value, allowed, refused) => {
    expect(await createStripeApiKey(holding(value), 'arn', { testMode: true })()).toBe(allowed);
    expect(await createStripeApiKey(holding(value), 'arn', { testMode: false })()).toBe(refused);
  });
});

it('what messages are signed with is of either mode', async () => {
  expect(await createStripeWebhookSecret(holding('whsec_a'), 'arn')()).toBe('whsec_a');
  expect(await createStripeWebhookSecret(holding('sk_test_a'), 'arn')()).toBeUndefined();
});
