import type Stripe from 'stripe';

/** An object of the API as it is kept: with ids wherever the API would let a caller expand them. */
type Kept<T> = { readonly [K in keyof T]: string extends T[K] ? Exclude<T[K], { id: string }> : T[K] };

export type Customer = Kept<Stripe.Customer>;
export type DeletedCustomer = Kept<Stripe.DeletedCustomer>;
export type Product = Kept<Stripe.Product>;
export type Price = Kept<Stripe.Price>;
export type CheckoutSession = Kept<Stripe.Checkout.Session>;
export type Subscription = Kept<Stripe.Subscription>;
export type SubscriptionItem = Stripe.SubscriptionItem;
export type Invoice = Kept<Stripe.Invoice>;
export type InvoicePayment = Kept<Stripe.InvoicePayment>;
export type PaymentIntent = Kept<Stripe.PaymentIntent>;
export type PaymentMethod = Kept<Stripe.PaymentMethod>;
export type Charge = Kept<Stripe.Charge>;
export type Refund = Kept<Stripe.Refund>;
export type Dispute = Kept<Stripe.Dispute>;
export type PortalSession = Kept<Stripe.BillingPortal.Session>;
export type EventType = Stripe.Event.Type;

/** An event; `data` holds the object as it was then. */
export interface Event {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly data: {
    readonly object: object;
    /** The former values of what an `*.updated` event tells of. */
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  };
  readonly livemode: false;
  readonly pending_webhooks: number;
  readonly request: Cause;
  readonly type: EventType;
}

/** The request of the API that caused an event; both null where the stand-in acted by itself. */
export interface Cause {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

/** What a checkout session keeps to itself until it is paid. */
export interface Checkout {
  /** The session's. */
  readonly id: string;
  readonly object: 'local.checkout';
  readonly lineItems: readonly (Stripe.LineItem & { readonly price: Stripe.Price })[];
  readonly subscriptionMetadata: Readonly<Record<string, string>>;
}

/** An event on its way to the webhook; times in milliseconds of the clock. */
export interface Delivery {
  /** The event's. */
  readonly id: string;
  readonly object: 'local.delivery';
  readonly state: 'pending' | 'delivered' | 'given up';
  /** When the three days of attempts began. */
  readonly since: number;
  /** When the next attempt is due, while it is pending. */
  readonly next: number;
  /** Attempts since `since`. */
  readonly attempts: number;
  /** All attempts, in order. @remarks `status` is absent where nobody answered. */
  readonly log: readonly { readonly at: number; readonly status?: number }[];
}

/** A stored answer to a request with an `Idempotency-Key`. */
export interface StoredAnswer {
  /** The key. */
  readonly id: string;
  readonly object: 'local.answer';
  /** Milliseconds of the clock. */
  readonly at: number;
  readonly endpoint: string;
  /** SHA-256 of the parameters. */
  readonly parameters: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}

/** Everything that is kept, by its `object`. */
export interface Kinds {
  customer: Customer | DeletedCustomer;
  product: Product;
  price: Price;
  'checkout.session': CheckoutSession;
  subscription: Subscription;
  invoice: Invoice;
  invoice_payment: InvoicePayment;
  payment_intent: PaymentIntent;
  payment_method: PaymentMethod;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  'billing_portal.session': PortalSession;
  event: Event;
  'local.checkout': Checkout;
  'local.delivery': Delivery;
  'local.answer': StoredAnswer;
}

export type Kind = keyof Kinds;
