import { isLive, type KeyItem } from '../../keys/rules/index.ts';
import type { SuspensionPolicy } from '../contract.ts';
import { type AlertItem, platform } from './alert-item.ts';
import { type AlertKind, isAtLeast, type Signal } from './signal.ts';

const ofHolder: ReadonlySet<AlertKind> = new Set(['surge', 'woke-up', 'new-network']);

/**
 * Whether the policy demands that a key is suspended for an alert: once for each, so that whoever lets the key go on has
 * the last word. That an admin has seen the alert says nothing of the key: it hinders nothing.
 *
 * Only for what the holder of the key does with it, and succeeds in. Never for silence, for what is no misuse (the quota), or
 * for what was refused: 401 can be caused by a stranger who knows a key's id, 429 by requests of others and by a month that is
 * used up, 403 by a usage plan that does not know the key yet. None of it costs the owner anything.
 * And not for what a secret did that works no more: who has replaced it has done what there was to do, and only they have
 * the new one. Where it goes on, the next look sees that, and it is the new secret's doing.
 * @param alert as it is now
 * @param seenFrom ISO 8601, the beginning of what was seen last; default: as the alert tells it
 */
export function demandsSuspension(
  alert: AlertItem,
  key: KeyItem,
  policy: SuspensionPolicy,
  now: Date,
  seenFrom = beginningOf(alert),
): boolean {
  if (!isOpenOfHolder(alert) || key.subscriptionId !== alert.subscriptionId) return false;
  if (key.revokedAt !== undefined || isOfReplaced(seenFrom, key, now)) return false;
  const least = policy[key.tier];
  return least !== undefined && isAtLeast(alert.severity, least);
}

/** Whether every secret that works now was made after what was seen began. Counts are of hours: what came when in one is not known. */
function isOfReplaced(seenFrom: string, { secrets }: KeyItem, now: Date): boolean {
  const began = Date.parse(seenFrom);
  return secrets
    .filter((secret) => isLive(secret, now))
    .every(({ createdAt }) => Date.parse(createdAt) > began);
}

const beginningOf = ({ facts: { from, at } }: AlertItem): string => String(from ?? at);

/** What a look has seen of an alert's pattern. */
export interface Sighting {
  readonly alert: AlertItem;
  /** ISO 8601, the beginning of it; absent where only the alert tells. */
  readonly from?: string;
}

/**
 * Whether a look itself has seen that it goes on, and not only that it was so some hours ago. That a key woke up does not go
 * on: whoever gives it a new secret and uses that is awake.
 * @param networks those that were seen in the look
 */
export function goesOn(
  signal: Signal,
  { shown, networks }: { readonly shown: readonly Signal[]; readonly networks: ReadonlySet<string> },
): boolean {
  if (signal.kind === 'surge') return shown.includes(signal);
  const named = String(signal.facts['networks'] ?? '').split(', ');
  return signal.kind === 'new-network' && named.some((network) => networks.has(network));
}

/** Whether it can be demanded for an alert, whatever its key is by now: of most it need not be read. */
export function mayDemandSuspension(alert: AlertItem, policy: SuspensionPolicy): boolean {
  const isSevere = Object.values(policy).some((least) => isAtLeast(alert.severity, least));
  return isSevere && alert.keyId !== undefined && isOpenOfHolder(alert);
}

function isOpenOfHolder({ kind, status, answer, suspended, subscriptionId }: AlertItem): boolean {
  const isUndone = status === 'open' && answer === undefined && suspended === undefined;
  return isUndone && subscriptionId !== platform && ofHolder.has(kind);
}
