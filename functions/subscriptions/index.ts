/** What other subsystems may use of subscriptions. */
export {
  composeDueSubscriptions,
  composeSubscriptions,
  composeSubscriptionsWithUsageKeys,
  composeUsageKeys,
} from './compose.ts';
export { findSubscription, ownAccount, presentSubscription } from './find-subscription.ts';
export { isPaying } from './rules/is-paying.ts';
export {
  deleted,
  erased,
  inTier,
  joined,
  maximumKeys,
  newAccount,
  normalizedEmail,
  type OpenPgpKey,
  type PaymentState,
  type Preferences,
  type PreferencesChange,
  preferencesOf,
  type SubscriptionItem,
  timed,
  updated,
  withKey,
  withoutKey,
  withUndeliverable,
} from './rules/subscription-item.ts';
export type { DueSubscription, DueSubscriptions } from './stores/due-subscriptions.ts';
export type { OwnerLock, SubscriptionStore } from './stores/subscription-store.ts';
export type { Subscriptions } from './subscriptions.ts';
