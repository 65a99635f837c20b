import type { Price } from './agreed-price.ts';

/** What was fetched from Stripe about one customer, at one time. Times are ISO 8601 in UTC. */
export interface PaymentFacts {
  /** The checkout that the item knows, fetched before all else: where it is complete, its subscription is below. */
  readonly checkout?: CheckoutFacts;
  readonly subscriptions: readonly SubscriptionFacts[];
  /** Those that succeeded. */
  readonly charges: readonly ChargeFacts[];
}

export interface CheckoutFacts {
  readonly id: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly url: string;
  readonly expiresAt: string;
}

export interface SubscriptionFacts {
  /** `sub_...` of Stripe. */
  readonly id: string;
  /** Stripe's own word. */
  readonly status: string;
  /** What the checkout wrote on it: whose it is, the tier that it pays for, and the price. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What it is for; absent for several things, or where Stripe tells no amount. */
  readonly price?: Price & { readonly quantity: number };
  readonly createdAt: string;
  readonly periodStartsAt: string;
  readonly periodEndsAt: string;
  /** When it is going to end, for somebody canceled it. */
  readonly cancelsAt?: string;
  readonly endedAt?: string;
  readonly latestInvoice?: InvoiceFacts;
}

export interface InvoiceFacts {
  readonly isPaid: boolean;
  /** The subscription's first: until it is paid, nothing ever was. */
  readonly isFirst: boolean;
  readonly createdAt: string;
  /** When it was first charged, or was to be. */
  readonly finalizedAt?: string;
}

export interface ChargeFacts {
  readonly createdAt: string;
  /** When all of it had been given back. */
  readonly refundedAt?: string;
  readonly disputes: readonly DisputeFacts[];
}

export interface DisputeFacts {
  /** Stripe's own word. */
  readonly status: string;
  readonly createdAt: string;
}
