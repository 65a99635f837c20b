import Stripe from 'stripe';
import type { OperatorSecret } from '../stores/stripe-secrets.ts';
import { createStripe } from './stripe-client.ts';

export function createCustomerEraser(apiKey: OperatorSecret, apiUrl: string) {
  return async (customerId: string): Promise<void> => {
    const key = await apiKey();
    if (key === undefined)
      throw new Error('a customer is to be deleted at Stripe, which is not connected any more');
    try {
      await createStripe(key, apiUrl).customers.del(customerId);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
        return;
      throw error;
    }
  };
}
