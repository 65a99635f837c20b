import Stripe from 'stripe';
import { UnavailableError } from '../../runtime/errors.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count } from '../../runtime/telemetry.ts';
import { metadataOf } from '../rules/agreed-price.ts';
import type { CheckoutFacts, PaymentFacts } from '../rules/payment-facts.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { chargeFacts, checkoutFacts, isSuccessful, subscriptionFacts } from './stripe-facts.ts';

/** Newest first; a customer with more than that has been charged every month for eighty years. */
const mostCharges = 1_000;
const pageSize = 100;

/** Stripe as it is, by its own client. */
export function createStripeGateway(stripe: Stripe): PaymentGateway {
  /** @returns false where the customer was deleted @throws UnavailableError for one that there never was */
  async function isThere(customerId: string): Promise<boolean> {
    const customer = known(await ifThere(stripe.customers.retrieve(customerId)));
    return customer.deleted !== true;
  }

  async function checkoutOf(id: string | undefined): Promise<CheckoutFacts | undefined> {
    if (id === undefined) return undefined;
    const session = await ifThere(stripe.checkout.sessions.retrieve(id));
    return session && checkoutFacts(session);
  }

  async function subscriptionsOf(customer: string): Promise<PaymentFacts['subscriptions']> {
    const expand = ['data.latest_invoice'];
    const found = await ifThere(
      stripe.subscriptions.list({ customer, status: 'all', limit: pageSize, expand }),
    );
    return (found?.data ?? []).map(subscriptionFacts);
  }

  async function chargesOf(customer: string): Promise<PaymentFacts['charges']> {
    const listed = stripe.charges.list({ customer, limit: pageSize, expand: ['data.refunds'] });
    const charges = (await ifThere(listed.autoPagingToArray({ limit: mostCharges }))) ?? [];
    return Promise.all(
      charges.filter(isSuccessful).map(async (charge) => {
        const disputes = charge.disputed
          ? await asked(stripe.disputes.list({ charge: charge.id, limit: pageSize }))
          : undefined;
        return chargeFacts(charge, disputes?.data ?? []);
      }),
    );
  }

  return {
    // Nothing personal: it may be made twice where an answer is lost for a day, and the other one would stay for ever.
    async createCustomer(subscriptionId, idempotencyKey) {
      const { id } = await asked(
        stripe.customers.create({ metadata: { subscriptionId } }, { idempotencyKey }),
      );
      return id;
    },
    async updateCustomer(customerId, { email, name = '' }) {
      const updated = await ifThere(stripe.customers.update(customerId, { email, name }));
      return updated !== undefined || isThere(customerId);
    },
    async createCheckout(checkout, idempotencyKey) {
      const { customerId, subscriptionId, tier, pricePerMonth, title, successUrl, cancelUrl } = checkout;
      const price = { amount: pricePerMonth * 100, currency: 'usd', interval: 'month' } as const;
      const metadata = metadataOf({ subscriptionId, tier }, price);
      const session = await asked(
        stripe.checkout.sessions.create(
          {
            mode: 'subscription',
            customer: customerId,
            client_reference_id: subscriptionId,
            allowed_payment_method_types: ['card'],
            line_items: [
              {
                quantity: 1,
                price_data: {
                  currency: price.currency,
                  unit_amount: price.amount,
                  recurring: { interval: price.interval },
                  product_data: { name: title },
                },
              },
            ],
            metadata,
            subscription_data: { metadata },
            success_url: successUrl,
            cancel_url: cancelUrl,
          },
          { idempotencyKey },
        ),
      );
      const { id, url, expiresAt } = checkoutFacts(session);
      return { id, url, expiresAt };
    },
    async expireCheckout(checkoutId) {
      // It has no code of its own for one that is not open any more; what is fetched next tells.
      await unless(isRefused, stripe.checkout.sessions.expire(checkoutId));
    },
    async facts(customerId, checkoutId) {
      const [checkout] = await Promise.all([checkoutOf(checkoutId), isThere(customerId)]);
      const [subscriptions, charges] = await Promise.all([
        subscriptionsOf(customerId),
        chargesOf(customerId),
      ]);
      return { ...(checkout === undefined ? {} : { checkout }), subscriptions, charges };
    },
    async setEnding(id, endsWithPeriod) {
      const updated = await unless(
        hasEnded,
        stripe.subscriptions.update(id, { cancel_at_period_end: endsWithPeriod }),
      );
      // Canceled for a date of its own, on Stripe's side.
      if (!endsWithPeriod && updated?.cancel_at) {
        await unless(hasEnded, stripe.subscriptions.update(id, { cancel_at: '' }));
      }
    },
    async cancel(id, { credit }) {
      await ifThere(stripe.subscriptions.cancel(id, { prorate: credit, invoice_now: credit }));
    },
    async createPortal(customer, returnUrl, idempotencyKey) {
      const { url } = await asked(
        stripe.billingPortal.sessions.create(
          { customer, return_url: returnUrl },
          idempotencyKey === undefined ? {} : { idempotencyKey },
        ),
      );
      return url;
    },
    async deleteCustomer(customerId) {
      const deleted = await ifThere(stripe.customers.del(customerId));
      if (deleted === undefined) await isThere(customerId);
    },
    async customerOfCharge(chargeId) {
      const { customer } = known(await ifThere(stripe.charges.retrieve(chargeId)));
      return typeof customer === 'string' ? customer : customer?.id;
    },
  };
}

function asked<T>(call: Promise<T>): Promise<T> {
  return unless(() => false, call) as Promise<T>;
}

/** undefined where Stripe does not know, or no longer knows, what is asked for. */
function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  return unless(isMissing, call);
}

/**
 * What must be there, for Stripe never forgets it: even a customer who was deleted is told as such. That it is unknown says
 * nothing about payments.
 * @throws UnavailableError
 */
function known<T>(answer: T | undefined): T {
  if (answer !== undefined) return answer;
  throw counted(
    'Stripe does not know what it told before: the API key is of another Stripe account, or of the other mode (live, test)',
  );
}

/** Somebody waits for it, and an operator may have to do something. */
function counted(message: string): UnavailableError {
  count(metricNames.stripeUnavailable);
  return new UnavailableError(message);
}

/** undefined where Stripe refuses for a reason that is no fault: what was to be done is done. */
async function unless<T>(isFine: (error: unknown) => boolean, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isFine(error)) return undefined;
    throw unavailable(error);
  }
}

function isRefused(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

function isMissing(error: unknown): boolean {
  return isRefused(error) && error.code === 'resource_missing';
}

function hasEnded(error: unknown): boolean {
  return isMissing(error) || (isRefused(error) && error.code === 'invalid_canceled_subscription_fields');
}

/** Without Stripe's own message, which may quote a part of the API key. */
function unavailable(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { type, code, param, statusCode, requestId } = error;
  const details = [type, code, param, statusCode, requestId].filter(
    (each) => each !== undefined && each !== '',
  );
  return counted(`Stripe did not do what was asked of it (${details.join(', ')})`);
}
