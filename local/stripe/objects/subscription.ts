import type { Account } from '../account.ts';
import { missing } from '../api/error.ts';
import { nestedList } from '../api/list.ts';
import { newId } from '../ids.ts';
import type { Checkout, Subscription, SubscriptionItem } from '../model.ts';
import { planOf } from './catalog.ts';

export function newSubscription(
  created: number,
  { lineItems, subscriptionMetadata }: Checkout,
  fields: { readonly customer: string; readonly paymentMethod: string; readonly periodEnd: number },
): Subscription {
  const id = newId('sub');
  const items = lineItems.map(({ price, quantity }): SubscriptionItem => {
    return {
      id: newId('si', 14),
      object: 'subscription_item',
      billing_thresholds: null,
      created,
      current_period_end: fields.periodEnd,
      current_period_start: created,
      current_trial: null,
      discounts: [],
      metadata: {},
      plan: planOf(price),
      price,
      quantity: quantity ?? 1,
      subscription: id,
      tax_rates: [],
    };
  });
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created,
    currency: lineItems[0]?.currency ?? '',
    customer: fields.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: fields.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: nestedList(`/v1/subscription_items?subscription=${id}`, items),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...subscriptionMetadata },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    status: 'active',
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
  };
}

/** The time at which the current period of all items ends. */
export function periodEnd({ items }: Subscription): number {
  return items.data[0]?.current_period_end ?? 0;
}

/** @throws ApiError */
export function findSubscription({ store }: Account, id: string): Subscription {
  const found = store.get('subscription', id);
  if (found === undefined) throw missing('subscription', id);
  return found;
}
