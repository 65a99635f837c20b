import { later } from '../../keys/rules/index.ts';
import {
  isPaying,
  type PaymentState,
  type SubscriptionItem,
  timed,
} from '../../subscriptions/rules/index.ts';
import { reminderTime } from './payment-of.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Where a message of Stripe's was lost: an hour after the end of what is paid, and daily for as long as nothing is clear. */
const afterPeriod = { first: hour, every: day };
/** Counted from the end of a checkout, which is open for a day: whoever has paid waits no day for a message that was lost. */
const ofCheckout = { first: 5 * minute - day, every: hour };
/** A dispute lasts for months at most; that it was won may have been lost. */
const afterReversal = { first: 7 * day, every: 7 * day, atMost: 180 * day };
/** The last payment may be taken back for months. */
const afterEnd = { first: 30 * day, every: 30 * day, atMost: 180 * day };

/**
 * Sets the item's timer to the next time at which its payment has to be looked at, seen from its last change. Every write
 * that changes the payment or the tier sets it anew; what is due only finds the item, and what is done follows from Stripe.
 */
export function withPaymentTimer(item: SubscriptionItem): SubscriptionItem {
  const { nextActionAt: _at, dueShard: _shard, ...rest } = item;
  const next = dueTimes(rest).toSorted()[0];
  return next === undefined ? rest : { ...rest, ...timed(item.subscriptionId, next) };
}

function dueTimes({ payment, tier, change }: SubscriptionItem): string[] {
  if (payment === undefined) return [];
  const { checkout, reversal } = payment;
  const isWaiting = isPaying({ payment }) || checkout !== undefined;
  // Nobody pays for less than they have.
  if (tier === 'enterprise' && isWaiting) return [change.at];
  const now = Date.parse(change.at);
  return [
    ...ofStanding(payment, now),
    ...(checkout === undefined ? [] : looks(checkout.expiresAt, ofCheckout, now)),
    ...(reversal === undefined ? [] : looks(reversal.at, afterReversal, now)),
  ];
}

function ofStanding(
  { status, periodEndsAt, cancelsAt, endedAt, graceEndsAt, remindedFor }: PaymentState,
  now: number,
): string[] {
  if (status === 'past-due' && graceEndsAt !== undefined) {
    return [graceEndsAt, ...(remindedFor === graceEndsAt ? [] : [reminderTime(graceEndsAt)])];
  }
  if (status === 'ended' && endedAt !== undefined) return looks(endedAt, afterEnd, now);
  if (status !== 'active' || periodEndsAt === undefined) return [];
  const endsAt = cancelsAt !== undefined && cancelsAt < periodEndsAt ? cancelsAt : periodEndsAt;
  return looks(endsAt, afterPeriod, now);
}

/** The first of several looks that lies ahead. */
function looks(
  from: string,
  { first, every, atMost = Number.POSITIVE_INFINITY }: { first: number; every: number; atMost?: number },
  now: number,
): string[] {
  const since = now - Date.parse(from);
  const missed = Math.max(0, Math.floor((since - first) / every) + 1);
  const next = first + missed * every;
  return next > atMost ? [] : [later(from, next)];
}
