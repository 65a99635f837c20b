/** What the rules of other subsystems may use of subscriptions' rules. */
export type { SubscriptionItem } from './subscription-item.ts';
