import { nestedList } from '../api/list.ts';
import { newId } from '../ids.ts';
import type { Customer, Invoice, Subscription, SubscriptionItem } from '../model.ts';
import { decimal } from './catalog.ts';

/** What an invoice says of one item. */
export interface InvoicedItem {
  readonly item: SubscriptionItem;
  /** Negative where it is a credit. */
  readonly amount: number;
  readonly period: { readonly start: number; readonly end: number };
  /** Whether it is for a part of a period. */
  readonly proration: boolean;
}

/** All items for their whole current period. */
export function wholePeriod({ items }: Subscription): InvoicedItem[] {
  return items.data.map((item) => ({
    item,
    amount: (item.price.unit_amount ?? 0) * (item.quantity ?? 1),
    period: { start: item.current_period_start, end: item.current_period_end },
    proration: false,
  }));
}

/**
 * An open invoice, not yet charged. What the customer has as credit pays for it first; what it is below zero becomes credit.
 */
export function newInvoice(
  created: number,
  subscription: Subscription,
  customer: Customer,
  billing_reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update',
  items: readonly InvoicedItem[] = wholePeriod(subscription),
): Invoice {
  const id = newId('in');
  const lines = items.map((item) => newLine(id, subscription, item));
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total + customer.balance);
  const sequence = customer.next_invoice_sequence ?? 1;
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: null,
    account_tax_ids: null,
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: due,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason,
    collection_method: 'charge_automatically',
    created,
    currency: subscription.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: created,
    // A balance below zero is credit.
    ending_balance: Math.min(0, total + customer.balance),
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: nestedList(`/v1/invoices/${id}/lines`, lines),
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: created,
    period_start: created,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'open',
    status_transitions: {
      finalized_at: created,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}

function newLine(
  invoice: string,
  subscription: Subscription,
  { item, amount, period, proration }: InvoicedItem,
): Invoice['lines']['data'][number] {
  const { price, quantity = 1 } = item;
  const terms = `${price.unit_amount} ${price.currency} / ${price.recurring?.interval}`;
  return {
    id: newId('il'),
    object: 'line_item',
    amount,
    currency: price.currency,
    description: `${proration ? 'Unused time on ' : ''}${quantity} × subscription (at ${terms})`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { end: period.end, start: period.start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: price.id, product: String(price.product) },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: decimal(quantity),
    subscription: subscription.id,
    subtotal: amount,
    taxes: [],
  };
}

/** The id of the subscription that an invoice is for. */
export function subscriptionOf({ parent }: Invoice): string {
  return String(parent?.subscription_details?.subscription ?? '');
}
