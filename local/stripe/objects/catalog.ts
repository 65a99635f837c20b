import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Price, Product } from '../model.ts';

/** Whole numbers travel as text where the API has decimals; the client's own type is what it makes of them. */
export function decimal(value: number): Stripe.Decimal {
  return String(value) as unknown as Stripe.Decimal;
}

export function newProduct(created: number, name: string): Product {
  return {
    id: newId('prod', 14),
    object: 'product',
    active: false,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: created,
    url: null,
  };
}

/** A price that was given in place, which Stripe does not let anybody use again: it is not active. */
export function newPrice(
  created: number,
  product: string,
  terms: {
    readonly currency: string;
    readonly unit_amount: number;
    readonly interval: Interval;
    readonly interval_count: number;
  },
): Stripe.Price & Price {
  const { currency, unit_amount, interval, interval_count } = terms;
  return {
    id: newId('price'),
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created,
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product,
    recurring: { interval, interval_count, meter: null, trial_period_days: null, usage_type: 'licensed' },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount,
    unit_amount_decimal: decimal(unit_amount),
  };
}

export type Interval = 'day' | 'week' | 'month' | 'year';

/** The same price in the shape that the API had for it before, which a subscription's items still carry. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  const { id, active, billing_scheme, created, currency, livemode, metadata, nickname, product } = price;
  return {
    id,
    object: 'plan',
    active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme,
    created,
    currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode,
    metadata,
    meter: null,
    nickname,
    product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}
