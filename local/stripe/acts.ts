import { z } from 'zod';
import type { Account } from './account.ts';
import { ApiError, invalid, missing } from './api/error.ts';
import { setCancelAtPeriodEnd } from './billing/cancel-at-period-end.ts';
import { payCheckout } from './billing/checkout.ts';
import { closeDispute, findCharge, openDispute, refundCharge } from './billing/reversals.ts';
import { payNow, setCard } from './billing/set-card.ts';
import type { Deliveries } from './deliveries.ts';
import { findSubscription } from './objects/subscription.ts';

/** What people act on. */
export interface Scene {
  readonly account: Account;
  readonly deliveries: Pick<Deliveries, 'resend'>;
}

interface Act {
  readonly schema: z.ZodType;
  readonly run: (scene: Scene, input: never) => unknown;
}

/** An act that changes objects: all of it is kept, or nothing. */
function change<S extends z.ZodType>(schema: S, run: (account: Account, input: z.output<S>) => unknown): Act {
  return {
    schema,
    run: ({ account }: Scene, input: z.output<S>) => account.act(() => run(account, input)),
  };
}

/**
 * What people do who are not the API's caller, with these fields. Ids are Stripe's, amounts in the currency's smallest
 * unit. Each answers with the object that came of it.
 */
const acts: Readonly<Record<string, Act>> = {
  /** The customer pays: the session as it is then; its `status` stays `open` where the card was declined. */
  pay: change(
    z.strictObject({ session: z.string(), card: z.enum(['works', 'declines', 'declines_later']) }),
    (account, { session, card }) => payCheckout(account, session, card),
  ),
  /** The customer has another card from now on: the customer's subscriptions. */
  setCard: change(
    z.strictObject({ customer: z.string(), card: z.enum(['works', 'declines']) }),
    (account, { customer, card }) => setCard(account, customer, card),
  ),
  /** The customer lets a subscription end with its period, or go on after all: the subscription. */
  cancelAtPeriodEnd: change(
    z.strictObject({ subscription: z.string(), cancel: z.boolean() }),
    (account, { subscription, cancel }) =>
      setCancelAtPeriodEnd(account, findSubscription(account, subscription), cancel),
  ),
  /** The customer pays an open invoice with the card that is kept: the invoice, still `open` where it was declined. */
  payInvoice: change(z.strictObject({ invoice: z.string() }), (account, { invoice }) =>
    payNow(account, invoice),
  ),
  /** The operator gives money back, all that is left without an amount: the refund. */
  refund: change(
    z.strictObject({ charge: z.string(), amount: z.int().positive().optional() }),
    (account, { charge, amount }) =>
      refundCharge(account, findCharge(account, charge, 'charge'), amount === undefined ? {} : { amount }),
  ),
  /** The cardholder disputes a charge: the dispute. */
  dispute: change(z.strictObject({ charge: z.string() }), (account, { charge }) =>
    openDispute(account, charge),
  ),
  /** The bank decides: the dispute. */
  closeDispute: change(
    z.strictObject({ dispute: z.string(), outcome: z.enum(['won', 'lost']) }),
    (account, { dispute, outcome }) => closeDispute(account, dispute, outcome),
  ),
  /** The operator sends an event again: the event. */
  resend: {
    schema: z.strictObject({ event: z.string() }),
    run: ({ account, deliveries }: Scene, { event }: { event: string }) => {
      const found = account.store.get('event', event);
      if (found === undefined) throw missing('event', event, 'event');
      deliveries.resend(event);
      return found;
    },
  },
};

/** @throws ApiError for an unknown name, wrong fields, and what cannot be done as things stand */
export function runAct(scene: Scene, name: string, input: unknown): unknown {
  const found = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (found === undefined) {
    throw new ApiError(404, {
      type: 'invalid_request_error',
      message: `There is no "${name}"; there are ${Object.keys(acts).join(', ')}.`,
    });
  }
  const fields = found.schema.safeParse(input);
  if (fields.success) return found.run(scene, fields.data as never);
  const faults = fields.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw invalid(faults.join('; '));
}
