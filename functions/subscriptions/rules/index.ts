/** What the rules of other subsystems may use of subscriptions' rules. */

export { isPaying } from './is-paying.ts';
export type {
  PaymentState,
  Preferences,
  SubscriptionItem,
  TierCause,
  TierRequest,
} from './subscription-item.ts';
export { preferencesOf, timed } from './subscription-item.ts';
