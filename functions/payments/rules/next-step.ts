import type { ChangeAction } from '../../runtime/rules/change.ts';
import {
  isPaying,
  type PaymentState,
  type SubscriptionItem,
  type TierCause,
} from '../../subscriptions/rules/index.ts';
import type { PaymentFacts, SubscriptionFacts } from './payment-facts.ts';
import {
  decidingSubscription,
  graceDays,
  graceEnd,
  isForUs,
  isRunning,
  isSamePayment,
  paidTier,
  paymentOf,
  reminderTime,
  standingOf,
} from './payment-of.ts';
import { withPaymentTimer } from './timer.ts';

/** One change of a subscription that what was fetched from Stripe asks for: a revision of its own, and a line on record. */
export interface Step {
  readonly action: ChangeAction;
  readonly reason?: string;
  readonly payment: PaymentState;
  readonly tier: string;
  readonly tierCause?: TierCause;
}

/** A subscription at Stripe that has to end now. */
export interface Cancellation {
  readonly id: string;
  /** Whether what is paid and not used becomes credit. */
  readonly credit: boolean;
}

/** What has to end at Stripe before anything can follow from it. */
export interface Endings {
  readonly subscriptions: readonly Cancellation[];
  /** A checkout that nobody may pay any more. */
  readonly checkout?: string;
}

/**
 * What ends at Stripe: a subscription whose payment is missing for 7 days; all payments of whoever has an enterprise tier,
 * by contract; a second one for the same tier, and the checkout for it.
 * @returns undefined where nothing does
 */
export function endingsOf(
  { subscriptionId, tier }: SubscriptionItem,
  facts: PaymentFacts,
  now: Date,
): Endings | undefined {
  const deciding = decidingSubscription(facts, subscriptionId);
  const isPaid = deciding !== undefined && isRunning(deciding);
  const running = facts.subscriptions.filter((each) => isForUs(each, subscriptionId) && isRunning(each));
  const subscriptions = running.flatMap((each): Cancellation[] => {
    const { id, latestInvoice } = each;
    const isOver = standingOf(each) === 'past-due' && Date.parse(graceEnd(each)) <= now.getTime();
    // One that is not as agreed is left as long as there is no other: an operator's slip shall not cost a customer.
    const isKept = each === deciding || !isPaid;
    if (!isOver && tier !== 'enterprise' && isKept) return [];
    return [{ id, credit: !isOver && latestInvoice?.isPaid === true }];
  });
  const isNeedless = tier === 'enterprise' || isPaid;
  const checkout = isNeedless && facts.checkout?.status === 'open' ? facts.checkout.id : undefined;
  if (subscriptions.length === 0 && checkout === undefined) return undefined;
  return { subscriptions, ...(checkout === undefined ? {} : { checkout }) };
}

/**
 * The next step from the item towards what was fetched, or undefined where they agree. Invariants: a tier that costs money
 * comes from a payment that stands; the end of payments takes away only what a payment gave; an enterprise tier stays.
 * @param item with a payment state
 */
export function nextStep(item: SubscriptionItem, facts: PaymentFacts, now: Date): Step | undefined {
  const { payment: known, tier, tierCause } = item;
  if (known === undefined) return undefined;
  const wanted = paymentOf(item.subscriptionId, known, facts);
  const unchanged = { tier, ...(tierCause === undefined ? {} : { tierCause }) };
  if (wanted.reversal !== undefined && known.reversal === undefined) {
    const reason = wanted.reversal.kind === 'refund' ? 'payment refunded' : 'payment disputed';
    // First of all: keys stop, whatever else is to be done.
    const payment = { ...known, reversal: wanted.reversal };
    return { ...unchanged, action: 'payment-reversed', reason, payment };
  }
  const standing = withReversal(wanted, known.reversal);
  const moved = tierChange(item, wanted, facts, now);
  if (moved !== undefined) return { ...moved, payment: standing };
  const told = toldOf(known, standing, now);
  if (told !== undefined) return { ...unchanged, ...told };
  if (wanted.reversal === undefined && known.reversal !== undefined) {
    return { ...unchanged, action: 'payment-restored', reason: restoredBy(known, facts), payment: wanted };
  }
  if (!isSamePayment(known, wanted)) return { ...unchanged, action: 'payment-changed', payment: wanted };
  const timer = withPaymentTimer({ ...item, change: { ...item.change, at: now.toISOString() } });
  return timer.nextActionAt === item.nextActionAt
    ? undefined
    : { ...unchanged, action: 'reschedule', payment: known };
}

function tierChange(
  item: SubscriptionItem,
  payment: PaymentState,
  facts: PaymentFacts,
  now: Date,
): Required<Omit<Step, 'payment'>> | undefined {
  const { subscriptionId, tier, tierCause } = item;
  const change = { action: 'change-tier', tierCause: 'payment' } as const;
  if (isPaying({ payment }))
    return tier === 'free' ? { ...change, tier: paidTier, reason: 'paid' } : undefined;
  if (tier !== paidTier || tierCause !== 'payment') return undefined;
  return { ...change, tier: 'free', reason: endedBy(decidingSubscription(facts, subscriptionId), now) };
}

function endedBy(ended: SubscriptionFacts | undefined, now: Date): string {
  if (ended?.latestInvoice?.isPaid !== false) return 'canceled';
  // Stripe may be set up to give up earlier.
  return Date.parse(graceEnd(ended)) <= now.getTime()
    ? `payment missing for ${graceDays} days`
    : 'payment missing';
}

/** Whatever the owner is told of a payment that is missing, and of one that came after all. */
function toldOf(
  known: PaymentState,
  standing: PaymentState,
  now: Date,
): Pick<Step, 'action' | 'payment'> | undefined {
  const { graceEndsAt, status } = standing;
  if (status === 'past-due' && graceEndsAt !== undefined) {
    const isTime = Date.parse(reminderTime(graceEndsAt)) <= now.getTime();
    const reminded = { ...standing, remindedFor: graceEndsAt };
    if (known.graceEndsAt !== graceEndsAt) {
      // Whoever is told so late is not reminded right away.
      return { action: 'payment-failed', payment: isTime ? reminded : standing };
    }
    return isTime && known.remindedFor !== graceEndsAt
      ? { action: 'remind-payment', payment: reminded }
      : undefined;
  }
  return known.status === 'past-due' && status === 'active'
    ? { action: 'payment-recovered', payment: standing }
    : undefined;
}

function restoredBy({ reversal }: PaymentState, { charges }: PaymentFacts): string {
  const isPaidAgain = charges.some(({ createdAt }) => reversal !== undefined && createdAt > reversal.at);
  return isPaidAgain ? 'paid again' : 'the payment stands after all';
}

function withReversal(
  { reversal: _wanted, ...payment }: PaymentState,
  reversal: PaymentState['reversal'],
): PaymentState {
  return { ...payment, ...(reversal === undefined ? {} : { reversal }) };
}
