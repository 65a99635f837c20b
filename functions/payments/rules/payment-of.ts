import { later } from '../../keys/rules/index.ts';
import type { PaymentState } from '../../subscriptions/rules/index.ts';
import { isAsAgreed } from './agreed-price.ts';
import type { PaymentFacts, SubscriptionFacts } from './payment-facts.ts';
import { reversalOf } from './reversal.ts';

const day = 86_400_000;

/** Days that a tier goes on without the payment that failed. */
export const graceDays = 7;
/** Days before their end at which the owner is reminded. */
export const reminderDays = 2;
/** The tier that Stripe's subscriptions pay for. */
export const paidTier = 'pro';

export type Standing = NonNullable<PaymentState['status']>;

/** Whether a subscription of Stripe's is for this one's tier: others of the same customer are none of our business. */
export function isForUs({ metadata }: SubscriptionFacts, subscriptionId: string): boolean {
  return metadata['subscriptionId'] === subscriptionId && metadata['tier'] === paidTier;
}

/** Whether it pays for it, too: at the price that was agreed. */
function isOurs(subscription: SubscriptionFacts, subscriptionId: string): boolean {
  return isForUs(subscription, subscriptionId) && isAsAgreed(subscription);
}

/** Those that run, and pay for nothing as long as an operator does nothing about it: their ids. */
export function notAsAgreed({ subscriptions }: PaymentFacts, subscriptionId: string): string[] {
  return subscriptions
    .filter((each) => isForUs(each, subscriptionId) && isRunning(each) && !isAsAgreed(each))
    .map(({ id }) => id);
}

/**
 * What a subscription of Stripe's is to us; undefined where nothing was ever paid for it, such as one that waits for its
 * first payment, or a trial. Invariant: no payment, no standing.
 */
export function standingOf({ status, latestInvoice }: SubscriptionFacts): Standing | undefined {
  if (status === 'canceled') return 'ended';
  const isPaid = latestInvoice?.isPaid === true;
  if (latestInvoice === undefined || (latestInvoice.isFirst && !isPaid)) return undefined;
  // Between the end of a period and the first try to charge the next one, it goes on.
  if (status === 'active') return 'active';
  if (status !== 'past_due' && status !== 'unpaid') return undefined;
  return isPaid ? 'active' : 'past-due';
}

export function isRunning(subscription: SubscriptionFacts): boolean {
  const standing = standingOf(subscription);
  return standing === 'active' || standing === 'past-due';
}

/** When the payment that is missing was due, by what Stripe says and not by when anybody looked. */
function failedAt({ latestInvoice, periodStartsAt }: SubscriptionFacts): string {
  return latestInvoice?.finalizedAt ?? latestInvoice?.createdAt ?? periodStartsAt;
}

/** When the tier of a subscription that is past due ends. */
export function graceEnd(subscription: SubscriptionFacts): string {
  return later(failedAt(subscription), graceDays * day);
}

export function reminderTime(graceEndsAt: string): string {
  return later(graceEndsAt, -reminderDays * day);
}

const ranks: Readonly<Record<Standing, number>> = { active: 2, 'past-due': 1, ended: 0 };

/** The one that decides: of those that were ever paid the best, and of several such the newest. */
export function decidingSubscription(
  { subscriptions }: PaymentFacts,
  subscriptionId: string,
): SubscriptionFacts | undefined {
  const rank = (subscription: SubscriptionFacts) => ranks[standingOf(subscription) ?? 'ended'];
  return subscriptions
    .filter((each) => isOurs(each, subscriptionId) && standingOf(each) !== undefined)
    .toSorted((a, b) => rank(b) - rank(a) || order(b.createdAt, a.createdAt) || order(b.id, a.id))[0];
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The payment state that follows from what was fetched. It depends on little else (which checkout the item knows, of which
 * end the owner was reminded), so that whoever looks at the same facts comes to the same state.
 */
export function paymentOf(subscriptionId: string, known: PaymentState, facts: PaymentFacts): PaymentState {
  const { customerId, remindedFor } = known;
  const deciding = decidingSubscription(facts, subscriptionId);
  // Whoever had a charge taken back has charges: none is no word about it, such as of a customer who is new at Stripe.
  const reversal = facts.charges.length === 0 ? known.reversal : reversalOf(facts.charges);
  return {
    customerId,
    ...checkoutOf(known, facts),
    ...(deciding === undefined ? {} : standingFields(deciding, remindedFor)),
    ...(reversal === undefined ? {} : { reversal }),
  };
}

/** The checkout that can still be paid. */
function checkoutOf({ checkout }: PaymentState, facts: PaymentFacts): Pick<PaymentState, 'checkout'> {
  const found = facts.checkout;
  if (checkout === undefined || found?.id !== checkout.id || found.status !== 'open') return {};
  return { checkout: { id: found.id, url: found.url, expiresAt: found.expiresAt } };
}

function standingFields(
  deciding: SubscriptionFacts,
  remindedFor: string | undefined,
): Omit<PaymentState, 'customerId'> {
  const status = standingOf(deciding);
  const { id, cancelsAt, endedAt, latestInvoice } = deciding;
  const common = { stripeSubscriptionId: id, ...(status === undefined ? {} : { status }) };
  if (status === 'ended') return { ...common, ...(endedAt === undefined ? {} : { endedAt }) };
  // What has begun and is not paid yet is not "paid until".
  const periodEndsAt = latestInvoice?.isPaid === true ? deciding.periodEndsAt : deciding.periodStartsAt;
  const graceEndsAt = graceEnd(deciding);
  return {
    ...common,
    periodEndsAt,
    ...(cancelsAt === undefined ? {} : { cancelsAt }),
    ...(status === 'past-due' ? { failedAt: failedAt(deciding), graceEndsAt } : {}),
    ...(status === 'past-due' && remindedFor === graceEndsAt ? { remindedFor } : {}),
  };
}

/** Whether two states say the same, in whatever order a table gives their fields. */
export function isSamePayment(a: PaymentState, b: PaymentState): boolean {
  return valuesOf(a).every((value, index) => value === valuesOf(b)[index]);
}

function valuesOf(payment: PaymentState): (string | undefined)[] {
  const { customerId, checkout, reversal, ...rest } = payment;
  const { stripeSubscriptionId, status, periodEndsAt, cancelsAt, endedAt } = rest;
  const { failedAt, graceEndsAt, remindedFor } = rest;
  return [
    customerId,
    ...[checkout?.id, checkout?.url, checkout?.expiresAt],
    ...[stripeSubscriptionId, status, periodEndsAt, cancelsAt, endedAt],
    ...[failedAt, graceEndsAt, remindedFor],
    ...[reversal?.kind, reversal?.at],
  ];
}
