/** What other subsystems may use of subscriptions. */
export { composeSubscriptions, composeSubscriptionsWithUsageKeys } from './compose.ts';
export { findSubscription } from './find-subscription.ts';
export {
  inTier,
  joined,
  maximumKeys,
  newAccount,
  normalizedEmail,
  type OpenPgpKey,
  type SubscriptionItem,
  updated,
  withKey,
  withoutKey,
  withUndeliverable,
} from './rules/subscription-item.ts';
export type { SubscriptionStore } from './stores/subscription-store.ts';
export type { Subscriptions } from './subscriptions.ts';
