import { newId, randomText } from '../ids.ts';
import type { Charge, Customer, Invoice, InvoicePayment, PaymentIntent, PaymentMethod } from '../model.ts';

/**
 * The cards that people can pay with here, after Stripe's test cards: one that works, one that is declined, and one that
 * works at the till and is declined whenever it is charged later.
 */
export const cards = { works: '4242', declines: '0002', declines_later: '0341' } as const;
export type Card = keyof typeof cards;

export const declined = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
} as const;

const billingDetails = { address: null, name: null, phone: null, tax_id: null };
const cardDetails = {
  brand: 'visa',
  country: 'US',
  exp_month: 12,
  exp_year: 2055,
  funding: 'credit',
  regulated_status: 'unregulated',
} as const;
const checks = { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' } as const;

export function newPaymentMethod(created: number, customer: Customer, card: Card): PaymentMethod {
  return {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: { ...billingDetails, email: customer.email },
    card: {
      ...cardDetails,
      checks,
      display_brand: 'visa',
      fingerprint: randomText(16),
      generated_from: null,
      last4: cards[card],
      networks: { available: ['visa'], preferred: null },
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer: customer.id,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
}

export function newPaymentIntent(created: number, invoice: Invoice): PaymentIntent {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: invoice.amount_due,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    description:
      invoice.billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update',
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** How an invoice and the payment intent that pays it belong together; neither names the other. */
export function newInvoicePayment(created: number, invoice: Invoice, paymentIntent: string): InvoicePayment {
  return {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: paymentIntent, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
}

/** @param works whether the bank agrees */
export function newCharge(
  created: number,
  intent: PaymentIntent,
  method: PaymentMethod,
  works: boolean,
): Charge {
  return {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: works ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...billingDetails, email: method.billing_details.email },
    calculated_statement_descriptor: null,
    captured: works,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: works ? null : declined.code,
    failure_message: works ? null : declined.message,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: works ? 'approved_by_network' : 'declined_by_network',
      reason: works ? null : declined.decline_code,
      risk_level: 'normal',
      seller_message: works
        ? 'Payment complete.'
        : 'The bank did not return any further details with this decline.',
      type: works ? 'authorized' : 'issuer_declined',
    },
    paid: works,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      card: {
        ...cardDetails,
        amount_authorized: works ? intent.amount : null,
        authorization_code: null,
        checks,
        electronic_commerce_indicator: null,
        fingerprint: method.card?.fingerprint ?? null,
        installments: null,
        last4: method.card?.last4 ?? null,
        mandate: null,
        network: 'visa',
        network_transaction_id: null,
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
      type: 'card',
    },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: works ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
}
