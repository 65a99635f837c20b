import type Stripe from 'stripe';
import type { ChargeFacts, CheckoutFacts, InvoiceFacts, SubscriptionFacts } from '../rules/payment-facts.ts';

/** Stripe's objects as facts: the few fields that anything follows from, times in ISO 8601 instead of seconds. */

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export function checkoutFacts({ id, status, url, expires_at }: Stripe.Checkout.Session): CheckoutFacts {
  return { id, status: checkoutStatus(status), url: url ?? '', expiresAt: iso(expires_at) };
}

function checkoutStatus(status: string | null): CheckoutFacts['status'] {
  return status === 'open' || status === 'complete' ? status : 'expired';
}

/** @param subscription with its latest invoice in place */
export function subscriptionFacts(subscription: Stripe.Subscription): SubscriptionFacts {
  const { id, status, metadata, created, items, cancel_at, cancel_at_period_end, ended_at, latest_invoice } =
    subscription;
  const periodStart = items.data[0]?.current_period_start ?? created;
  const periodEnd = items.data[0]?.current_period_end ?? created;
  const cancelsAt = cancel_at ?? (cancel_at_period_end ? periodEnd : undefined);
  return {
    id,
    status,
    metadata,
    ...priceFacts(items.data),
    createdAt: iso(created),
    periodStartsAt: iso(periodStart),
    periodEndsAt: iso(periodEnd),
    ...(cancelsAt === undefined ? {} : { cancelsAt: iso(cancelsAt) }),
    ...(ended_at === null ? {} : { endedAt: iso(ended_at) }),
    ...(typeof latest_invoice === 'string' || latest_invoice === null
      ? {}
      : { latestInvoice: invoiceFacts(latest_invoice) }),
  };
}

/** Of a subscription to one thing, at a price by the month or by the year. */
function priceFacts([item, ...more]: readonly Stripe.SubscriptionItem[]): Pick<SubscriptionFacts, 'price'> {
  const { unit_amount: amount, currency, recurring } = item?.price ?? { unit_amount: null };
  if (item === undefined || more.length > 0 || amount === null || !recurring) return {};
  const { interval, interval_count } = recurring;
  const every = interval_count === 1 ? interval : `${interval_count} ${interval}s`;
  return { price: { amount, currency: currency ?? '', interval: every, quantity: item.quantity ?? 1 } };
}

function invoiceFacts({ status, billing_reason, created, status_transitions }: Stripe.Invoice): InvoiceFacts {
  const { finalized_at } = status_transitions;
  return {
    isPaid: status === 'paid',
    isFirst: billing_reason === 'subscription_create',
    createdAt: iso(created),
    ...(finalized_at === null ? {} : { finalizedAt: iso(finalized_at) }),
  };
}

export function isSuccessful({ status, paid, captured }: Stripe.Charge): boolean {
  return status === 'succeeded' && paid && captured;
}

/** @param charge with its refunds in place */
export function chargeFacts(charge: Stripe.Charge, disputes: readonly Stripe.Dispute[]): ChargeFacts {
  return {
    createdAt: iso(charge.created),
    ...(charge.refunded ? { refundedAt: iso(lastRefund(charge)) } : {}),
    disputes: disputes.map(({ status, created }) => ({ status, createdAt: iso(created) })),
  };
}

/** When the last part of it was given back. */
function lastRefund({ created, refunds }: Stripe.Charge): number {
  const standing = (refunds?.data ?? []).filter(({ status }) => status !== 'failed' && status !== 'canceled');
  return Math.max(created, ...standing.map((refund) => refund.created));
}
