import type { SuspensionPolicy } from '../../alerts/contract.ts';
import type { AlertItem, AlertKind } from '../../alerts/rules/index.ts';
import type { KeyItem } from '../../keys/rules/index.ts';
import { isAtLeast, platform } from './alert-news.ts';

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
  const { kind, status, answer, suspended, severity, subscriptionId } = alert;
  if (status !== 'open' || answer !== undefined || suspended !== undefined) return false;
  if (subscriptionId === platform || key.subscriptionId !== subscriptionId) return false;
  if (key.revokedAt !== undefined) return false;
  const least = policy[key.tier];
  return ofHolder.has(kind) && least !== undefined && isAtLeast(severity, least);
}
