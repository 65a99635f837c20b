import type { Account } from '../account.ts';
import type { Invoice, Subscription } from '../model.ts';
import type { Interval } from '../objects/catalog.ts';
import { findCustomer } from '../objects/customer.ts';
import { newInvoice, subscriptionOf } from '../objects/invoice.ts';
import { periodEnd } from '../objects/subscription.ts';
import { openInvoice } from './open-invoice.ts';
import { cardOf, isAccepted, payInvoice, setDelinquent } from './pay-invoice.ts';
import { endOfPeriod } from './periods.ts';

/** When a failed invoice is charged again, in seconds after its first attempt; after the last one all is over. */
const retries = [3, 5, 7, 14].map((days) => days * 86_400);

/** The end of a period: the subscription ends as it was asked to, or goes on with a new invoice. */
export function renew(account: Account, subscription: Subscription): void {
  const { store, change, now } = account;
  if (subscription.cancel_at_period_end) {
    endSubscription(account, subscription, 'cancellation_requested');
    return;
  }
  const start = periodEnd(subscription);
  const items = subscription.items.data.map((item) => {
    const { interval = 'month', interval_count = 1 } = item.price.recurring ?? {};
    const cycle = { interval: interval as Interval, interval_count };
    return {
      ...item,
      current_period_start: start,
      current_period_end: endOfPeriod(subscription.billing_cycle_anchor, start, cycle),
    };
  });
  const next = { ...subscription, items: { ...subscription.items, data: items } };
  const customer = findCustomer(account, String(subscription.customer));
  const invoice = newInvoice(now(), next, customer, 'subscription_cycle');
  change('customer.subscription.updated', subscription, { items: next.items, latest_invoice: invoice.id });
  openInvoice(account, invoice);
  collect(account, store.get('invoice', invoice.id) ?? invoice);
}

/** An attempt of Stripe's own to charge an open invoice: the first, or one of the retries. */
export function collect(account: Account, invoice: Invoice): void {
  const { store, change } = account;
  const subscription = store.get('subscription', subscriptionOf(invoice));
  const method = subscription && cardOf(account, subscription);
  if (subscription === undefined || method === undefined) {
    store.put({ ...invoice, next_payment_attempt: null });
    return;
  }
  const accepted = isAccepted(method) || invoice.amount_due === 0;
  const attempt_count = invoice.attempt_count + 1;
  const delay = retries[attempt_count - 1];
  const next_payment_attempt =
    accepted || delay === undefined ? null : (invoice.status_transitions.finalized_at ?? 0) + delay;
  payInvoice(account, { ...invoice, attempt_count, next_payment_attempt }, method, accepted);
  if (accepted) return;
  setDelinquent(store.get('customer', String(invoice.customer)), true, change);
  const behind = change('customer.subscription.updated', subscription, { status: 'past_due' });
  if (delay === undefined) endSubscription(account, behind, 'payment_failed');
}

/** The end, at once. Open invoices are not charged any more. @returns the subscription as it is then */
export function endSubscription(
  account: Account,
  subscription: Subscription,
  reason: 'cancellation_requested' | 'payment_failed',
  details: { readonly comment?: string; readonly feedback?: string } = {},
): Subscription {
  const { store, emit, now } = account;
  const former = subscription.cancellation_details;
  const ended = store.put({
    ...subscription,
    cancel_at_period_end: subscription.cancel_at_period_end,
    canceled_at: subscription.canceled_at ?? now(),
    cancellation_details: {
      comment: details.comment ?? former?.comment ?? null,
      feedback: details.feedback ?? former?.feedback ?? null,
      feedback_option: null,
      reason,
    },
    ended_at: now(),
    status: 'canceled' as const,
  });
  for (const invoice of store.list('invoice')) {
    if (invoice.status === 'open' && subscriptionOf(invoice) === ended.id) {
      store.put({ ...invoice, auto_advance: false, next_payment_attempt: null });
    }
  }
  emit('customer.subscription.deleted', ended);
  return ended;
}
