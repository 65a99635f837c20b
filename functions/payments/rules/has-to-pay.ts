import { isPaying, type SubscriptionItem } from '../../subscriptions/rules/index.ts';

/**
 * Whether whoever wants the paid tier has to pay for it now: nothing is paid, and nobody gave the tier; or a payment was taken
 * back, which the next one makes up for.
 */
export function hasToPay(item: Pick<SubscriptionItem, 'tier' | 'payment'>): boolean {
  if (isPaying(item) || item.tier === 'enterprise') return false;
  return item.tier === 'free' || item.payment?.reversal !== undefined;
}
