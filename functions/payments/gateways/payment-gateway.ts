import type { PaymentFacts } from '../rules/payment-facts.ts';

/**
 * What is asked of Stripe. Every act may be repeated: with the same idempotency key it is done once, and what is so already
 * is no error. Throws UnavailableError where Stripe cannot be reached, refuses, or has never heard of a customer: then the
 * API key is a wrong one, and nothing follows from it about anybody.
 */
export interface PaymentGateway {
  /** @returns `cus_...` */
  createCustomer(subscriptionId: string, idempotencyKey: string): Promise<string>;
  /** Brings a customer's address and name up to date. @returns false where the customer was deleted at Stripe */
  updateCustomer(customerId: string, person: { email: string; name?: string }): Promise<boolean>;
  createCheckout(checkout: NewCheckout, idempotencyKey: string): Promise<OpenedCheckout>;
  /** One that is over already is left as it is. */
  expireCheckout(checkoutId: string): Promise<void>;
  /** All there is about a customer's payments: the checkout first, so that what was paid meanwhile is seen. */
  facts(customerId: string, checkoutId: string | undefined): Promise<PaymentFacts>;
  /** Whether a subscription ends with the period that is paid, or goes on. */
  setEnding(stripeSubscriptionId: string, endsWithPeriod: boolean): Promise<void>;
  /** Ends a subscription now; one that has ended already is left. */
  cancel(stripeSubscriptionId: string, options: { readonly credit: boolean }): Promise<void>;
  /** @returns the address of Stripe's page about the customer's payments */
  createPortal(customerId: string, returnUrl: string, idempotencyKey: string | undefined): Promise<string>;
  /** With all that is known of the person; subscriptions end. One that is gone already is no error. */
  deleteCustomer(customerId: string): Promise<void>;
  /** Whose charge it is; undefined for one without a customer. */
  customerOfCharge(chargeId: string): Promise<string | undefined>;
}

export interface NewCheckout {
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly tier: string;
  /** Whole US dollars a month. */
  readonly pricePerMonth: number;
  /** What the page says is bought. */
  readonly title: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface OpenedCheckout {
  readonly id: string;
  readonly url: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}
