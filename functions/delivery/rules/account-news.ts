import { limitsOf, type TierLimitsOfStage } from '../../runtime/rules/tier-limits.ts';
import { isPaying, type SubscriptionItem } from '../../subscriptions/rules/index.ts';
import { type AccountMailAction, accountMailActions } from '../contract.ts';
import type { AboutAccount, AccountMail, TierAndLimit, TierChangeCause } from './account-mail.ts';
import { contactDifference } from './contact-difference.ts';
import { maskedAddress } from './masked-address.ts';
import type { DoneBy } from './owner-mail.ts';

/** What one change of a subscription gives to tell. */
export interface AccountNews {
  readonly mail?: AccountMail;
  /** Where the mail goes, if not to the address that the subscription has by now. */
  readonly to?: string;
  /** To the admins. */
  readonly alert?: { readonly kind: string; readonly facts: Readonly<Record<string, string>> };
}

/** What mails need beside the change. */
export interface AccountMailContext {
  readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
  readonly dashboardUrl: string;
}

/** The tier of everybody who neither pays nor has a contract. */
const fallbackTier = 'free';

/**
 * Derives from a change what is to be told of it, from nothing but the item before and after: a change that is delivered
 * twice tells the same, and of several in a row each tells its own state.
 * @param before absent where the change made the item
 * @throws Error for a tier that the stage does not know
 */
export function accountNews(
  before: SubscriptionItem | undefined,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountNews {
  const action = accountMailActions.find((told) => told === after.change.action);
  return action === undefined ? {} : newsOf(action, before, after, context);
}

function newsOf(
  action: AccountMailAction,
  before: SubscriptionItem | undefined,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountNews {
  const about = aboutAccount(after, context);
  const { payment, request, keyIds } = after;
  const fallback = tierAndLimit(fallbackTier, context);
  const missing = () => ({ ...about, graceEndsAt: payment?.graceEndsAt ?? '', fallback });
  switch (action) {
    case 'open-account':
      return { mail: { kind: 'account-opened', ...about } };
    case 'join-account':
      return {
        mail: { kind: 'account-joined', ...about, since: after.createdAt, keys: keyIds.length },
      };
    case 'delete-account':
      return before === undefined ? {} : farewell(before, after, context);
    case 'update-subscription':
      return before === undefined ? {} : contactNews(before, after, context);
    case 'change-tier':
      return before === undefined || before.tier === after.tier
        ? {}
        : { mail: tierChanged(before, after, context) };
    case 'request-tier':
      return request === undefined
        ? {}
        : {
            mail: {
              kind: 'tier-requested',
              ...about,
              requestedTier: request.tier,
              ...(request.note === undefined ? {} : { note: request.note }),
            },
            alert: { kind: 'tier-requested', facts: { tier: request.tier } },
          };
    case 'approve-request':
    case 'decline-request':
      return request === undefined ? {} : { mail: answered(before, after, context) };
    case 'payment-failed':
      return { mail: { kind: 'payment-failed', ...missing() } };
    case 'remind-payment':
      return { mail: { kind: 'payment-reminder', ...missing() } };
    case 'payment-recovered':
      return { mail: { kind: 'payment-recovered', ...about, ...paidUntil(after) } };
    case 'payment-changed':
      return cancellation(before, after, context);
    case 'payment-reversed':
      return { mail: { kind: 'payment-reversed', ...about, how: payment?.reversal?.kind ?? 'refund' } };
    case 'payment-restored':
      return { mail: { kind: 'payment-restored', ...about } };
  }
}

/** To the address as it was: by now there is none. */
function farewell(
  before: SubscriptionItem,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountNews {
  if (before.deletedAt !== undefined || before.undeliverable !== undefined || before.email === '') return {};
  return {
    to: before.email,
    mail: {
      kind: 'account-deleted',
      ...aboutAccount(before, context),
      at: after.change.at,
      keys: before.keyIds.length,
      hadPayments: before.payment !== undefined,
    },
  };
}

/**
 * That it is another one, to the address as it was, by the name that it had: the new one may be somebody else's. Where that
 * took no mail, the address that does from now on hears what may have been missed.
 */
function contactNews(
  before: SubscriptionItem,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountNews {
  const { undeliverable } = before;
  if (undeliverable !== undefined) {
    const trouble = { formerAddress: maskedAddress(before.email), since: undeliverable.at };
    return after.undeliverable === undefined
      ? { mail: { kind: 'address-trouble', ...aboutAccount(after, context), ...trouble } }
      : {};
  }
  const difference = contactDifference(before, after);
  if (difference === undefined) return {};
  const about = { ...aboutAccount(before, context), at: after.change.at };
  return {
    to: before.email,
    mail: { kind: 'contact-changed', ...about, ...byAdmin(after), ...difference },
  };
}

function tierChanged(
  before: SubscriptionItem,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountMail {
  const about = aboutAccount(after, context);
  const isLower = about.requestsPerMonth < tierAndLimit(before.tier, context).requestsPerMonth;
  const { actor, reason } = after.change;
  const cause = actor.kind === 'admin' ? undefined : causeOf(before, after, isLower);
  const isUnexplained = actor.kind !== 'admin' && cause === undefined && reason !== undefined;
  return {
    kind: 'tier-changed',
    ...about,
    formerTier: before.tier,
    isLower,
    ...(cause === undefined ? {} : { cause }),
    ...byAdmin(after),
    ...(isUnexplained ? { reason } : {}),
    endsPayments: endsPayments(before, after),
  };
}

/** By contract, instead of what was paid for. */
function endsPayments(before: SubscriptionItem | undefined, { tier }: SubscriptionItem): boolean {
  return tier === 'enterprise' && before !== undefined && isPaying(before);
}

/** The payment that ended is told by the item before: after, it may be gone. */
function causeOf(
  before: SubscriptionItem,
  { payment, tierCause, change }: SubscriptionItem,
  isLower: boolean,
): TierChangeCause | undefined {
  const { graceEndsAt, cancelsAt } = { ...payment, ...before.payment };
  const isOver = (time: string | undefined) => time !== undefined && time <= change.at;
  if (isLower && isOver(graceEndsAt)) return 'unpaid';
  if (isLower && isOver(cancelsAt)) return 'canceled';
  if (!isLower && tierCause === 'payment') return 'paid';
  if (change.actor.kind === 'owner') return 'chosen';
  return isLower && (payment?.status === 'ended' || tierCause === 'payment') ? 'ended' : undefined;
}

function answered(
  before: SubscriptionItem | undefined,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountMail {
  const { request, change } = after;
  const { tier = fallbackTier, requestedAt = '', reason } = request ?? {};
  const about = {
    ...aboutAccount(after, context),
    requestedTier: tier,
    requestedAt,
    ...byAdmin(after, reason ?? change.reason),
  };
  return change.action === 'approve-request'
    ? { kind: 'request-approved', ...about, endsPayments: endsPayments(before, after) }
    : { kind: 'request-declined', ...about };
}

/** Whatever else may have changed about a payment, its owner sees in the dashboard. */
function cancellation(
  before: SubscriptionItem | undefined,
  after: SubscriptionItem,
  context: AccountMailContext,
): AccountNews {
  const [former, endsAt] = [before?.payment?.cancelsAt, after.payment?.cancelsAt];
  if (former === endsAt || after.payment?.status === 'ended') return {};
  const about = aboutAccount(after, context);
  const fallback = tierAndLimit(fallbackTier, context);
  return {
    mail:
      endsAt === undefined
        ? { kind: 'cancellation-withdrawn', ...about, ...paidUntil(after) }
        : { kind: 'cancellation-noted', ...about, endsAt, fallback },
  };
}

function aboutAccount(
  { subscriptionId, name, tier, change }: SubscriptionItem,
  context: AccountMailContext,
): AboutAccount {
  return {
    subscriptionId,
    ...(name === undefined ? {} : { name }),
    ...tierAndLimit(tier, context),
    dashboardUrl: context.dashboardUrl,
    at: change.at,
  };
}

function tierAndLimit(tier: string, { limits }: AccountMailContext): TierAndLimit {
  return { tier, requestsPerMonth: limitsOf(limits, tier).requestsPerMonth };
}

function byAdmin({ change }: SubscriptionItem, reason = change.reason): { by?: DoneBy } {
  if (change.actor.kind !== 'admin') return {};
  return { by: { who: change.actor.id, ...(reason === undefined ? {} : { reason }) } };
}

function paidUntil({ payment }: SubscriptionItem): { paidUntil?: string } {
  return payment?.periodEndsAt === undefined ? {} : { paidUntil: payment.periodEndsAt };
}
