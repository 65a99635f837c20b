import type { DoneBy } from './owner-mail.ts';

/**
 * What a mail about an account, its tier or its payments tells: everything that its template needs. Times are ISO 8601 in
 * UTC. No Stripe id and nothing of a card is ever in one.
 */
export type AccountMail =
  | AccountOpenedMail
  | AccountJoinedMail
  | AccountDeletedMail
  | ContactChangedMail
  | AddressTroubleMail
  | TierChangedMail
  | TierRequestedMail
  | RequestApprovedMail
  | RequestDeclinedMail
  | PaymentFailedMail
  | PaymentReminderMail
  | PaymentRecoveredMail
  | CancellationNotedMail
  | CancellationWithdrawnMail
  | PaymentReversedMail
  | PaymentRestoredMail;

export interface TierAndLimit {
  readonly tier: string;
  readonly requestsPerMonth: number;
}

/** In every mail, as of the change that it tells of. */
export interface AboutAccount extends TierAndLimit {
  readonly subscriptionId: string;
  /** The owner's name, where it is known. */
  readonly name?: string;
  /** The dashboard's origin. */
  readonly dashboardUrl: string;
  /** Of the change. */
  readonly at: string;
}

/** The first sign-in of somebody new. */
export interface AccountOpenedMail extends AboutAccount {
  readonly kind: 'account-opened';
}

/** The first sign-in of somebody for whom an admin has made a subscription. */
export interface AccountJoinedMail extends AboutAccount {
  readonly kind: 'account-joined';
  /** When the subscription was made. */
  readonly since: string;
  readonly keys: number;
}

/** To an address that is stored nowhere any more. */
export interface AccountDeletedMail extends AboutAccount {
  readonly kind: 'account-deleted';
  /** How many ended with it. */
  readonly keys: number;
  /** Whether our payment provider has data of the owner, too. */
  readonly hadPayments: boolean;
}

/** To the former address, or to the owner whose OpenPGP key was changed: whoever did not expect it must hear of it. */
export interface ContactChangedMail extends AboutAccount, ContactDifference {
  readonly kind: 'contact-changed';
  /** Absent where the owner did it. */
  readonly by?: DoneBy;
}

/** Where and how secrets are mailed from now on, as far as that is new. */
export interface ContactDifference {
  /** Where mails go now, masked; absent where that has not changed. */
  readonly newAddress?: string;
  /** Of the key that secrets are encrypted to from now on, or that there is none any more; absent where nothing changed. */
  readonly openPgp?: { readonly fingerprint: string } | 'removed';
}

/** To an address that takes mail again, or for the first time, after mails to the former one came back. */
export interface AddressTroubleMail extends AboutAccount {
  readonly kind: 'address-trouble';
  /** Masked: `a…@example.com`. */
  readonly formerAddress: string;
  readonly since: string;
}

/** What moved a subscription to another tier, where it was not an admin. */
export type TierChangeCause = 'paid' | 'chosen' | 'unpaid' | 'canceled' | 'ended';

/** `endsPayments`: what was paid for another tier ends with it, for nobody pays for less than they have. */
export interface TierChangedMail extends AboutAccount {
  readonly kind: 'tier-changed';
  readonly formerTier: string;
  /** Whether the former tier allowed more. */
  readonly isLower: boolean;
  readonly cause?: TierChangeCause;
  readonly by?: DoneBy;
  /** Why, in somebody's words, where neither a cause nor an admin says it. */
  readonly reason?: string;
  readonly endsPayments: boolean;
}

export interface TierRequestedMail extends AboutAccount {
  readonly kind: 'tier-requested';
  readonly requestedTier: string;
  /** What the owner wrote. */
  readonly note?: string;
}

interface AnsweredRequest extends AboutAccount {
  readonly requestedTier: string;
  readonly requestedAt: string;
  readonly by?: DoneBy;
}

/** The tier that was asked for is the subscription's from now on. */
export interface RequestApprovedMail extends AnsweredRequest {
  readonly kind: 'request-approved';
  readonly endsPayments: boolean;
}

export interface RequestDeclinedMail extends AnsweredRequest {
  readonly kind: 'request-declined';
}

/** A payment is missing: the tier goes on until `graceEndsAt`. */
interface MissingPayment extends AboutAccount {
  readonly graceEndsAt: string;
  /** What the subscription falls back to. */
  readonly fallback: TierAndLimit;
}

export interface PaymentFailedMail extends MissingPayment {
  readonly kind: 'payment-failed';
}

export interface PaymentReminderMail extends MissingPayment {
  readonly kind: 'payment-reminder';
}

export interface PaymentRecoveredMail extends AboutAccount {
  readonly kind: 'payment-recovered';
  readonly paidUntil?: string;
}

export interface CancellationNotedMail extends AboutAccount {
  readonly kind: 'cancellation-noted';
  readonly endsAt: string;
  readonly fallback: TierAndLimit;
}

export interface CancellationWithdrawnMail extends AboutAccount {
  readonly kind: 'cancellation-withdrawn';
  readonly paidUntil?: string;
}

/** A payment was taken back: the keys are suspended until there is another one. */
export interface PaymentReversedMail extends AboutAccount {
  readonly kind: 'payment-reversed';
  readonly how: 'refund' | 'dispute';
}

export interface PaymentRestoredMail extends AboutAccount {
  readonly kind: 'payment-restored';
}
