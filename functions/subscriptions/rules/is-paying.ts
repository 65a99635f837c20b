import type { SubscriptionItem } from './subscription-item.ts';

/** Whether a payment at Stripe runs, be it that the last one is missing. */
export function isPaying({ payment }: Pick<SubscriptionItem, 'payment'>): boolean {
  return payment?.status === 'active' || payment?.status === 'past-due';
}
