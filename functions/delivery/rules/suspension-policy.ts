import type { AlertItem } from '../../alerts/rules/index.ts';
import type { KeyItem } from '../../keys/rules/index.ts';
import { isAtLeast, platform } from './alert-news.ts';

/** From which severity on a key is suspended by itself, by tier; a tier that is absent: never. */
export type SuspensionPolicy = Readonly<Record<string, 'warning' | 'critical'>>;

/**
 * Whether the policy demands that a key is suspended for an alert: once for each, so that whoever lets the key go on has
 * the last word. That an admin has seen the alert says nothing of the key: it hinders nothing.
 *
 * Only for what the holder of the key does. Never for silence, for what is no misuse (the quota), or for requests that were
 * refused with 401: a stranger who knows a key's id can send those, and would end another's service by it.
 * @param alert as it is now
 */
export function demandsSuspension(alert: AlertItem, key: KeyItem, policy: SuspensionPolicy): boolean {
  const { kind, of, status, answer, suspended, severity, subscriptionId } = alert;
  if (status !== 'open' || answer !== undefined || suspended !== undefined) return false;
  if (subscriptionId === platform || key.subscriptionId !== subscriptionId) return false;
  if (key.revokedAt !== undefined) return false;
  const isOfHolder =
    kind === 'surge' ||
    kind === 'woke-up' ||
    kind === 'new-network' ||
    (kind === 'refusals' && (of === '403' || of === '429'));
  const least = policy[key.tier];
  return isOfHolder && least !== undefined && isAtLeast(severity, least);
}
