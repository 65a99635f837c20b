import type { Account } from '../account.ts';
import type { Subscription } from '../model.ts';
import { findCustomer } from '../objects/customer.ts';
import { newInvoice, wholePeriod } from '../objects/invoice.ts';
import { openInvoice } from './open-invoice.ts';
import { cardOf, payInvoice } from './pay-invoice.ts';

/**
 * An invoice over what is left of the current period, below zero: the customer has it as credit.
 * @returns the subscription with its latest invoice
 */
export function creditUnusedTime(account: Account, subscription: Subscription): Subscription {
  const { store, now } = account;
  const customer = findCustomer(account, String(subscription.customer));
  const method = cardOf(account, subscription);
  if (method === undefined) return subscription;
  const unused = wholePeriod(subscription).map(({ item, amount, period: { start, end } }) => ({
    item,
    amount: -Math.round((amount * Math.max(0, end - now())) / (end - start)),
    period: { start: now(), end },
    proration: true,
  }));
  const invoice = newInvoice(now(), subscription, customer, 'subscription_update', unused);
  openInvoice(account, invoice);
  payInvoice(account, invoice, method, true);
  return store.put({ ...subscription, latest_invoice: invoice.id });
}
