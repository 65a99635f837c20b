import type * as z from 'zod';
import { type TierName, tierNames, tiers } from '../../lib/tiers.ts';
import type { KeyItem, KeyView } from '../keys/rules/index.ts';
import { keyView } from '../keys/rules/index.ts';
import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import { maximumKeys, preferencesOf, type SubscriptionItem } from '../subscriptions/index.ts';
import type { UsageReport } from '../usage/index.ts';
import type * as answers from './answers.ts';

export type Account = z.infer<typeof answers.account>;
export type AccountKey = z.infer<typeof answers.accountKey>;
export type Settings = z.infer<typeof answers.changedSettings>;
type TierOffer = z.infer<typeof answers.tierOffer>;

export interface Support {
  readonly supportAddress: string;
  readonly documentationUrl: string;
  readonly statusUrl: string;
}

/** All that an account's owner is told of it. Field by field, so that a new field of the item cannot slip out. */
export function accountView(
  subscription: SubscriptionItem,
  report: UsageReport,
  {
    limits,
    paymentAvailable,
    support,
    now,
  }: {
    readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
    readonly paymentAvailable: boolean;
    readonly support: Support;
    readonly now: Date;
  },
): Account {
  const { subscriptionId, undeliverable, createdAt, tier, tierChosenAt, payment, request, keyIds } =
    subscription;
  const { requestsPerMonth, ratePerSecond, burst } = limitsOf(limits, tier);
  const { period, total, limit, remaining, resetsAt } = report;
  const checkout = payment?.checkout;
  const isPayable = checkout !== undefined && Date.parse(checkout.expiresAt) > now.getTime();
  return {
    subscriptionId,
    ...settingsView(subscription),
    ...(undeliverable === undefined || undeliverable.cause === 'deleted'
      ? {}
      : { undeliverable: { cause: undeliverable.cause, at: undeliverable.at } }),
    createdAt,
    tier: tier as TierName,
    ...(tierChosenAt === undefined ? {} : { tierChosenAt }),
    requestsPerMonth,
    ratePerSecond,
    burst,
    tiers: tierNames.map((name) => offerOf(name, limitsOf(limits, name), paymentAvailable)),
    ...(payment?.status === undefined && payment?.reversal === undefined
      ? {}
      : { payment: paymentView(payment) }),
    ...(isPayable ? { checkout: { url: checkout.url, expiresAt: checkout.expiresAt } } : {}),
    ...(request === undefined ? {} : { request }),
    usage: { period, total, limit, remaining, resetsAt },
    keys: { live: keyIds.length, maximum: maximumKeys },
    support,
  };
}

/** What an owner may change of the account. */
export function settingsView(subscription: SubscriptionItem): Settings {
  const { email, name, openPgpKey } = subscription;
  return {
    email,
    ...(name === undefined ? {} : { name }),
    ...(openPgpKey === undefined ? {} : { openPgpFingerprint: openPgpKey.fingerprint }),
    preferences: preferencesOf(subscription),
  };
}

function offerOf(name: TierName, limits: TierLimitsOfStage, paymentAvailable: boolean): TierOffer {
  const { pricePerMonth, payment } = tiers[name];
  const available = payment !== 'checkout' || paymentAvailable;
  const { requestsPerMonth, ratePerSecond, burst } = limits;
  return {
    name,
    requestsPerMonth,
    ratePerSecond,
    burst,
    ...(pricePerMonth === undefined ? {} : { pricePerMonth }),
    payment,
    available,
    ...(available ? {} : { unavailableBecause: 'Payment is not set up here.' }),
  };
}

function paymentView(payment: NonNullable<SubscriptionItem['payment']>): Account['payment'] {
  const { status, periodEndsAt, cancelsAt, failedAt, graceEndsAt, reversal } = payment;
  return {
    ...(status === undefined ? {} : { status }),
    ...(periodEndsAt === undefined ? {} : { periodEndsAt }),
    ...(cancelsAt === undefined ? {} : { cancelsAt }),
    ...(failedAt === undefined ? {} : { failedAt }),
    ...(graceEndsAt === undefined ? {} : { graceEndsAt }),
    ...(reversal === undefined ? {} : { reversal }),
  };
}

/** One key as its owner sees it: without pepper names, usage key, or how mails are queued. */
export function accountKeyView(
  item: KeyItem,
  usage: {
    readonly usage: { readonly keys: Readonly<Record<string, number>> };
    lastUse(keyId: string, version: number): string | undefined;
  },
  now: Date,
): AccountKey {
  const { keyId, display, name, prefix, tier, status, createdAt, revokedAt, rotatesAt, handover, versions } =
    keyView(item, now);
  return {
    keyId,
    display,
    name,
    prefix,
    tier,
    status,
    suspensions: suspensionsView(item),
    createdAt,
    ...(revokedAt === undefined ? {} : { revokedAt }),
    ...(rotatesAt === undefined ? {} : { rotatesAt }),
    versions: versions.map(({ version, createdAt: madeAt, retiresAt }) => {
      const lastUsedAt = usage.lastUse(keyId, version);
      return {
        version,
        createdAt: madeAt,
        ...(retiresAt === undefined ? {} : { retiresAt }),
        ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      };
    }),
    requestsThisMonth: usage.usage.keys[keyId] ?? 0,
    ...(handover === undefined ? {} : { handover: handoverView(handover) }),
  };
}

/** Since when a key is suspended, by cause; and because of which of its owner's alerts. */
export function suspensionsView({ suspensions }: KeyItem): AccountKey['suspensions'] {
  return Object.fromEntries(
    // Why, and by whom, is for the operator's own people.
    Object.entries(suspensions).map(([cause, { at, alertIds }]) => [
      cause,
      { at, ...(alertIds === undefined ? {} : { alertIds: [...alertIds] }) },
    ]),
  );
}

function handoverView(handover: NonNullable<KeyView['handover']>): AccountKey['handover'] {
  const { version, expiresAt, sentAt, deliveredAt, openedAt, expiredAt, trouble } = handover;
  return {
    version,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(expiredAt === undefined ? {} : { expiredAt }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}
