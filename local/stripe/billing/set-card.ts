import type { Account } from '../account.ts';
import { invalid, missing } from '../api/error.ts';
import type { Invoice, Subscription } from '../model.ts';
import { findCustomer } from '../objects/customer.ts';
import { subscriptionOf } from '../objects/invoice.ts';
import { attachCard, cardOf, isAccepted, payInvoice } from './pay-invoice.ts';

/**
 * Another card for the customer and all subscriptions that are not over. Open invoices are charged to it at their next
 * attempt, or at `payNow`.
 * @throws ApiError
 */
export function setCard(account: Account, id: string, card: 'works' | 'declines'): Subscription[] {
  const { store, change } = account;
  const customer = findCustomer(account, id, 'customer');
  // A card that is declined at once could not be kept.
  const method = attachCard(account, customer, card === 'works' ? 'works' : 'declines_later');
  change('customer.updated', customer, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: method.id },
  });
  return store
    .list('subscription')
    .filter((subscription) => subscription.customer === id && subscription.status !== 'canceled')
    .map((subscription) =>
      change('customer.subscription.updated', subscription, { default_payment_method: method.id }),
    );
}

/** An attempt beside Stripe's own, which go on as planned where it fails. @returns the invoice as it is then */
export function payNow(account: Account, id: string): Invoice {
  const { store } = account;
  const invoice = store.get('invoice', id);
  if (invoice === undefined) throw missing('invoice', id, 'invoice');
  if (invoice.status !== 'open') throw invalid(`Invoice ${id} is ${invoice.status}.`);
  const subscription = store.get('subscription', subscriptionOf(invoice));
  const method = subscription && cardOf(account, subscription);
  if (method === undefined) throw invalid(`There is no card for invoice ${id}.`);
  return payInvoice(account, invoice, method, isAccepted(method));
}
