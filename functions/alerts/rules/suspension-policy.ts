import type { KeyItem } from '../../keys/rules/index.ts';
import { type AlertItem, platform } from './alert-item.ts';
import { type AlertKind, isAtLeast } from './signal.ts';

/** From which severity on a key is suspended by itself, by tier; a tier that is absent: never. */
export type SuspensionPolicy = Readonly<Record<string, 'warning' | 'critical'>>;

const ofHolder: ReadonlySet<AlertKind> = new Set(['surge', 'woke-up', 'new-network']);

/**
 * Whether the policy demands that a key is suspended for an alert: once for each, so that whoever lets the key go on has
 * the last word. That an admin has seen the alert says nothing of the key: it hinders nothing.
 *
 * Only for what the holder of the key does with it, and succeeds in. Never for silence, for what is no misuse (the quota), or
 * for what was refused: 401 can be caused by a stranger who knows a key's id, 429 by requests of others and by a month that is
 * used up, 403 by a usage plan that does not know the key yet. None of it costs the owner anything.
 * @param alert as it is now
 */
export function demandsSuspension(alert: AlertItem, key: KeyItem, policy: SuspensionPolicy): boolean {
  if (!isOpenOfHolder(alert) || key.subscriptionId !== alert.subscriptionId) return false;
  if (key.revokedAt !== undefined) return false;
  const least = policy[key.tier];
  return least !== undefined && isAtLeast(alert.severity, least);
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
