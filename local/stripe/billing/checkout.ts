import type { Account } from '../account.ts';
import { invalid, missing } from '../api/error.ts';
import type { Checkout, CheckoutSession } from '../model.ts';
import type { Interval } from '../objects/catalog.ts';
import { findCustomer } from '../objects/customer.ts';
import { newInvoice } from '../objects/invoice.ts';
import type { Card } from '../objects/payment.ts';
import { newSubscription } from '../objects/subscription.ts';
import { openInvoice } from './open-invoice.ts';
import { attachCard, payInvoice } from './pay-invoice.ts';
import { endOfPeriod } from './periods.ts';

/**
 * The customer presses "Pay". A card that is accepted makes subscription, invoice and charge, and completes the session;
 * another makes nothing and leaves it open.
 * @returns the session as it is then
 * @throws ApiError where it is not open any more
 */
export function payCheckout(account: Account, id: string, card: Card): CheckoutSession {
  const { store, now, emit } = account;
  const { session, checkout } = openCheckout(account, id);
  const customer = findCustomer(account, String(session.customer), 'customer');
  if (card === 'declines') return session;
  const recurring = checkout.lineItems[0]?.price.recurring;
  const cycle = {
    interval: (recurring?.interval ?? 'month') as Interval,
    interval_count: recurring?.interval_count ?? 1,
  };
  const method = attachCard(account, customer, card);
  const subscription = newSubscription(now(), checkout, {
    customer: customer.id,
    paymentMethod: method.id,
    periodEnd: endOfPeriod(now(), now(), cycle),
  });
  const invoice = newInvoice(now(), subscription, customer, 'subscription_create');
  const started = store.put({ ...subscription, latest_invoice: invoice.id });
  emit('customer.subscription.created', started);
  openInvoice(account, invoice);
  // At the till even the card that is declined later works.
  payInvoice(account, invoice, method, true);
  const completed = store.put({
    ...session,
    invoice: invoice.id,
    payment_status: 'paid' as const,
    status: 'complete' as const,
    subscription: started.id,
    url: null,
  });
  emit('checkout.session.completed', completed);
  return completed;
}

/** @throws ApiError where it is not open any more */
export function expireCheckout(account: Account, id: string): CheckoutSession {
  const { session } = openCheckout(account, id);
  const expired = account.store.put({ ...session, status: 'expired' as const, url: null });
  account.emit('checkout.session.expired', expired);
  return expired;
}

function openCheckout({ store }: Account, id: string): { session: CheckoutSession; checkout: Checkout } {
  const session = store.get('checkout.session', id);
  const checkout = store.get('local.checkout', id);
  if (session === undefined || checkout === undefined) throw missing('checkout.session', id);
  if (session.status === 'open') return { session, checkout };
  throw invalid(
    `Only Checkout Sessions with a status in ["open"] can be expired or paid. This Checkout Session has a status of ${session.status}.`,
  );
}

/** An address of the caller with the session's id in the place that Stripe names for it. */
export function withSessionId(address: string, id: string): string {
  return address.replaceAll('{CHECKOUT_SESSION_ID}', id);
}
