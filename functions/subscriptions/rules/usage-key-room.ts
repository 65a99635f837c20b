import { usageKeyReserve } from '../contract.ts';
import type { SubscriptionItem } from './subscription-item.ts';

/** Whether a usage key would be the first of an account whose owner has neither paid nor been given anything. */
export function isFirstOfFree(
  { usageKeys }: Pick<SubscriptionItem, 'usageKeys'>,
  tier: string,
  actor: { readonly kind: string },
): boolean {
  return actor.kind === 'owner' && tier === 'free' && Object.keys(usageKeys).length === 0;
}

/** Usage keys beyond which owners get no first one: sign-ups of strangers must not shut out who pays, nor admins. */
export function limitOfFirst(limit: number): number {
  return limit - usageKeyReserve(limit);
}

/**
 * Usage keys beyond which no checkout is opened. What is left then is for those that are open, which may be paid until the
 * next day: nothing is planned for them before, or else strangers who never pay could take all there is.
 */
export function limitOfCheckouts(limit: number): number {
  return limit - Math.floor(usageKeyReserve(limit) / 2);
}
