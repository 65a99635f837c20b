import type { Account, AccountAlert, AccountKey } from '../api/types.ts';
import { holdersOf } from './alert-answer.ts';
import { isAboutMonth, mostUrgentFirst, type Severity } from './alert-words.ts';
import {
  isSecretLost,
  type RetiringSecret,
  retiringSecrets,
  type SuspensionCause,
  suspensionCauses,
  type WaitingSecret,
  waitingSecret,
} from './key-state.ts';

/** Something that the owner should know or do, by what it is about. */
export type Attention = { readonly urgency: Urgency } & (
  | { readonly kind: 'payment-reversed'; readonly how: 'refund' | 'dispute'; readonly at: string }
  | { readonly kind: 'payment-missing'; readonly failedAt: string; readonly graceEndsAt?: string }
  | { readonly kind: 'mail-undeliverable'; readonly cause: 'bounce' | 'complaint'; readonly at: string }
  | {
      readonly kind: 'key-suspended';
      readonly key: AccountKey;
      readonly causes: readonly SuspensionCause[];
    }
  | { readonly kind: 'alert'; readonly alert: AccountAlert }
  | { readonly kind: 'more-alerts'; readonly count: number }
  | { readonly kind: 'secret-lost'; readonly key: AccountKey }
  | { readonly kind: 'secret-waits'; readonly key: AccountKey; readonly secret: WaitingSecret }
  | { readonly kind: 'old-secret-used'; readonly key: AccountKey; readonly secret: RetiringSecret }
  | { readonly kind: 'rotation-due'; readonly key: AccountKey; readonly rotatesAt: string }
  | { readonly kind: 'quota-used-up'; readonly resetsAt: string }
  | { readonly kind: 'quota-nearly'; readonly remaining: number; readonly resetsAt: string }
  | { readonly kind: 'checkout-waits'; readonly url: string; readonly expiresAt: string }
  | { readonly kind: 'tier-ends'; readonly at: string }
);

/** `act`: requests fail, or soon will. `look`: something is to be done. `know`: nothing has to be. */
export type Urgency = 'act' | 'look' | 'know';

const day = 86_400_000;
/** Rotations are announced so many days ahead. */
const rotationAhead = 14;
/** Share of the month's requests from which on the end is in sight. */
const nearly = 0.8;
/** So many alerts are told one by one. */
const mostAlerts = 3;

/**
 * What needs attention, the most urgent first; empty where all is well.
 * @param alerts that are open, newest first
 */
export function attentionOf(
  account: Account,
  keys: readonly AccountKey[],
  now: number,
  alerts: readonly AccountAlert[] = [],
): readonly Attention[] {
  const ofKeys = keys.flatMap((key) => ofKey(key, now)).filter((each) => !isToldOf(each, account));
  const others = [...ofPayment(account), ...ofAccount(account), ...ofKeys];
  const all = [...others, ...ofAlerts(alerts, others)];
  const order: readonly Urgency[] = ['act', 'look', 'know'];
  return all.toSorted((a, b) => order.indexOf(a.urgency) - order.indexOf(b.urgency));
}

/** A payment taken back stops every key: that is told once, not for each. */
function isToldOf(attention: Attention, { payment }: Account): boolean {
  if (attention.kind !== 'key-suspended' || payment?.reversal === undefined) return false;
  return attention.causes.every((cause) => cause === 'payment');
}

function ofPayment({ payment, checkout, tier }: Account): Attention[] {
  const found: Attention[] = [];
  if (payment?.reversal !== undefined) {
    const { kind: how, at } = payment.reversal;
    found.push({ urgency: 'act', kind: 'payment-reversed', how, at });
  }
  if (payment?.failedAt !== undefined) {
    const { failedAt, graceEndsAt } = payment;
    const until = graceEndsAt === undefined ? {} : { graceEndsAt };
    found.push({ urgency: 'act', kind: 'payment-missing', failedAt, ...until });
  }
  if (checkout !== undefined && tier === 'free') {
    found.push({ urgency: 'look', kind: 'checkout-waits', ...checkout });
  }
  if (payment?.cancelsAt !== undefined && payment.status !== 'ended') {
    found.push({ urgency: 'know', kind: 'tier-ends', at: payment.cancelsAt });
  }
  return found;
}

function ofAccount({ undeliverable, usage, keys }: Account): Attention[] {
  const found: Attention[] = [];
  if (undeliverable !== undefined) {
    found.push({ urgency: 'look', kind: 'mail-undeliverable', ...undeliverable });
  }
  const { total, limit, remaining, resetsAt } = usage;
  if (keys.live > 0 && remaining === 0) found.push({ urgency: 'act', kind: 'quota-used-up', resetsAt });
  else if (limit > 0 && total / limit >= nearly) {
    found.push({ urgency: 'look', kind: 'quota-nearly', remaining, resetsAt });
  }
  return found;
}

const urgencies: Readonly<Record<Severity, Urgency>> = { critical: 'act', warning: 'look', info: 'know' };

/** Open alerts, but for those that are told with something else already. */
function ofAlerts(alerts: readonly AccountAlert[], others: readonly Attention[]): Attention[] {
  const told = new Set(others.flatMap((each) => (each.kind === 'key-suspended' ? holdersOf(each.key) : [])));
  const isMonthTold = others.some(({ kind }) => kind === 'quota-nearly' || kind === 'quota-used-up');
  const open = mostUrgentFirst(alerts).filter(
    (alert) => alert.status === 'open' && !told.has(alert.alertId) && !(isMonthTold && isAboutMonth(alert)),
  );
  const shown = open.slice(0, mostAlerts);
  const urgency = urgencies[shown.at(-1)?.severity ?? 'info'];
  const count = open.length - shown.length;
  return [
    ...shown.map((alert) => ({ urgency: urgencies[alert.severity], kind: 'alert', alert }) as const),
    ...(count === 0 ? [] : [{ urgency, kind: 'more-alerts', count } as const]),
  ];
}

function ofKey(key: AccountKey, now: number): Attention[] {
  if (key.status === 'revoked') return [];
  const causes = suspensionCauses(key);
  // While a key is suspended its secrets can wait.
  if (causes.length > 0) {
    // Whoever has stopped it knows.
    const urgency = causes.every((cause) => cause === 'owner') ? 'know' : 'act';
    return [{ urgency, kind: 'key-suspended', key, causes }];
  }
  const found: Attention[] = [];
  const waiting = waitingSecret(key, now);
  if (isSecretLost(key)) found.push({ urgency: 'look', kind: 'secret-lost', key });
  if (waiting !== undefined) found.push({ urgency: 'look', kind: 'secret-waits', key, secret: waiting });
  for (const secret of retiringSecrets(key, now)) {
    if (!secret.isStillUsed) continue;
    const isSoon = Date.parse(secret.retiresAt) - now < day;
    found.push({ urgency: isSoon ? 'act' : 'look', kind: 'old-secret-used', key, secret });
  }
  const { rotatesAt } = key;
  if (rotatesAt !== undefined && Date.parse(rotatesAt) - now <= rotationAhead * day) {
    found.push({ urgency: 'know', kind: 'rotation-due', key, rotatesAt });
  }
  return found;
}
