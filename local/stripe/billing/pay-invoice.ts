import type { Account } from '../account.ts';
import type { Charge, Customer, Invoice, PaymentIntent, PaymentMethod, Subscription } from '../model.ts';
import { subscriptionOf } from '../objects/invoice.ts';
import {
  type Card,
  cards,
  declined,
  newCharge,
  newInvoicePayment,
  newPaymentIntent,
  newPaymentMethod,
} from '../objects/payment.ts';

/** Keeps a card with the customer. */
export function attachCard(account: Account, customer: Customer, card: Card): PaymentMethod {
  const method = account.store.put(newPaymentMethod(account.now(), customer, card));
  account.emit('payment_method.attached', method);
  return method;
}

/** Whether a card that is kept is accepted when nobody is there to present it. */
export function isAccepted(method: PaymentMethod): boolean {
  return method.card?.last4 === cards.works;
}

/**
 * Charges the card for all that is due, if anything is, and settles invoice, payment intent and, where it was behind,
 * subscription.
 * @returns the invoice as it is then: paid, or open as before
 */
export function payInvoice(
  account: Account,
  open: Invoice,
  method: PaymentMethod,
  accepted: boolean,
): Invoice {
  const { store, emit, now } = account;
  if (open.amount_due === 0) return markPaid(account, open);
  const intent = intentOf(account, open);
  const charge = store.put(newCharge(now(), intent, method, accepted));
  settleIntent(account, intent, method, charge);
  if (!accepted) {
    emit('charge.failed', charge);
    const failed = store.put({ ...open, attempted: true });
    emit('invoice.payment_failed', failed);
    return failed;
  }
  emit('charge.succeeded', charge);
  return markPaid(account, open);
}

function markPaid(account: Account, open: Invoice): Invoice {
  const { store, emit, now } = account;
  const paid = store.put({
    ...open,
    attempted: true,
    amount_paid: open.amount_due,
    amount_remaining: 0,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...open.status_transitions, paid_at: now() },
  });
  emit('invoice.paid', paid);
  emit('invoice.payment_succeeded', paid);
  for (const payment of store.list('invoice_payment').filter(({ invoice }) => invoice === paid.id)) {
    const settled = store.put({
      ...payment,
      amount_paid: paid.amount_paid,
      status: 'paid',
      status_transitions: { canceled_at: null, paid_at: now() },
    });
    emit('invoice_payment.paid', settled);
  }
  catchUp(account, paid);
  return paid;
}

/** One payment intent serves all attempts to pay an invoice. */
function intentOf(account: Account, invoice: Invoice): PaymentIntent {
  const { store, now, emit } = account;
  const known = store.list('invoice_payment').find((payment) => payment.invoice === invoice.id);
  const found = store.get('payment_intent', String(known?.payment.payment_intent));
  if (found !== undefined) return found;
  const intent = store.put(newPaymentIntent(now(), invoice));
  store.put(newInvoicePayment(now(), invoice, intent.id));
  emit('payment_intent.created', intent);
  return intent;
}

function settleIntent(
  { store, emit }: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  charge: Charge,
): void {
  if (charge.paid) {
    const succeeded = store.put({
      ...intent,
      amount_received: intent.amount,
      last_payment_error: null,
      latest_charge: charge.id,
      payment_method: method.id,
      status: 'succeeded' as const,
    });
    emit('payment_intent.succeeded', succeeded);
    return;
  }
  const failed = store.put({
    ...intent,
    last_payment_error: { ...declined, charge: charge.id, type: 'card_error' as const },
    latest_charge: charge.id,
    payment_method: null,
    status: 'requires_payment_method' as const,
  });
  emit('payment_intent.payment_failed', failed);
}

/** A subscription that was behind is active again once its latest invoice is paid. */
function catchUp({ store, change }: Account, paid: Invoice): void {
  const subscription = store.get('subscription', subscriptionOf(paid));
  if (subscription?.status === 'past_due' && subscription.latest_invoice === paid.id) {
    change('customer.subscription.updated', subscription, { status: 'active' });
  }
  setDelinquent(store.get('customer', String(paid.customer)), false, change);
}

export function setDelinquent(
  customer: ReturnType<Account['store']['get']> | undefined,
  delinquent: boolean,
  change: Account['change'],
): void {
  if (customer?.object !== 'customer' || customer.deleted === true) return;
  change('customer.updated', customer as Customer, { delinquent });
}

/** The card that a subscription is charged to. */
export function cardOf({ store }: Account, subscription: Subscription): PaymentMethod | undefined {
  return store.get('payment_method', String(subscription.default_payment_method));
}
