import type { Account, TierOffer } from '../api/types.ts';

/** How the present tier stands, and with it what happens next. Times are ISO 8601. */
export type TierStanding =
  /** Costs nothing, and goes on. */
  | { readonly kind: 'free' }
  /** Enterprise: as the contract says. */
  | { readonly kind: 'contract' }
  /** A paid tier that somebody gave. */
  | { readonly kind: 'given' }
  | { readonly kind: 'renews'; readonly at: string }
  /** Paid to the end; then the next payment is being tried. */
  | { readonly kind: 'renewing' }
  | { readonly kind: 'ends'; readonly at: string }
  | { readonly kind: 'missing'; readonly failedAt: string; readonly until: string };

export function standingOf({ tier, payment }: Pick<Account, 'tier' | 'payment'>, now: number): TierStanding {
  if (tier === 'free') return { kind: 'free' };
  if (tier === 'enterprise') return { kind: 'contract' };
  if (payment?.status === 'past-due') {
    const { failedAt = '', graceEndsAt = '' } = payment;
    return { kind: 'missing', failedAt, until: graceEndsAt };
  }
  if (payment?.status !== 'active') return { kind: 'given' };
  const { cancelsAt, periodEndsAt } = payment;
  if (cancelsAt !== undefined) return { kind: 'ends', at: cancelsAt };
  if (periodEndsAt === undefined || Date.parse(periodEndsAt) <= now) return { kind: 'renewing' };
  return { kind: 'renews', at: periodEndsAt };
}

/** What choosing a tier would do. */
export type TierChoice =
  | { readonly kind: 'present' }
  /** Nothing here changes a contract. */
  | { readonly kind: 'by-contract' }
  | { readonly kind: 'unavailable'; readonly because: string }
  /** A new payment at Stripe; `again`: after one that was taken back. */
  | { readonly kind: 'pay'; readonly isAgain: boolean }
  /** A payment that was begun. */
  | { readonly kind: 'pay-on'; readonly url: string; readonly expiresAt: string }
  /** Ends what runs, whose payment was taken back, and pays anew. */
  | { readonly kind: 'end-and-pay' }
  /** Takes a cancellation back. */
  | { readonly kind: 'keep'; readonly at: string }
  | { readonly kind: 'end-at'; readonly at: string }
  | { readonly kind: 'end-now' }
  /** It is canceled already. */
  | { readonly kind: 'ending'; readonly at: string }
  | { readonly kind: 'ask' }
  | { readonly kind: 'asked' };

/** Invariant: what is offered is what the API does (`docs/payments.md`). */
export function choiceOf(account: Account, offer: TierOffer): TierChoice {
  if (account.tier === 'enterprise') return { kind: offer.name === 'enterprise' ? 'present' : 'by-contract' };
  switch (offer.name) {
    case 'free':
      return freeChoice(account);
    case 'pro':
      return proChoice(account, offer);
    case 'enterprise':
      return { kind: account.request?.status === 'open' ? 'asked' : 'ask' };
  }
}

function freeChoice({ tier, payment }: Account): TierChoice {
  if (tier === 'free') return { kind: 'present' };
  // What is missing or was taken back pays for nothing: it ends at once.
  if (payment?.status !== 'active' || payment.reversal !== undefined) return { kind: 'end-now' };
  if (payment.cancelsAt !== undefined) return { kind: 'ending', at: payment.cancelsAt };
  return payment.periodEndsAt === undefined
    ? { kind: 'end-now' }
    : { kind: 'end-at', at: payment.periodEndsAt };
}

function proChoice({ tier, payment, checkout }: Account, offer: TierOffer): TierChoice {
  const isReversed = payment?.reversal !== undefined;
  const isRunning = payment?.status === 'active' || payment?.status === 'past-due';
  const unavailable: TierChoice | undefined = offer.available
    ? undefined
    : { kind: 'unavailable', because: offer.unavailableBecause ?? 'It cannot be chosen at present.' };
  if (tier === 'pro') {
    if (isReversed && isRunning) return unavailable ?? { kind: 'end-and-pay' };
    const cancelsAt = isRunning ? payment?.cancelsAt : undefined;
    return cancelsAt === undefined ? { kind: 'present' } : (unavailable ?? { kind: 'keep', at: cancelsAt });
  }
  if (unavailable !== undefined) return unavailable;
  return checkout === undefined ? { kind: 'pay', isAgain: isReversed } : { kind: 'pay-on', ...checkout };
}

/**
 * What the lower limit of another tier means for the month that runs: whether requests would be refused from then on.
 * `perhaps`: the month of the change has not begun yet.
 */
export function overLimitAfter(
  { usage }: Pick<Account, 'usage'>,
  limit: number,
  at: string | undefined,
): 'yes' | 'no' | 'perhaps' {
  if (at !== undefined && at >= usage.resetsAt) return 'perhaps';
  if (usage.total >= limit) return 'yes';
  return at === undefined ? 'no' : 'perhaps';
}
