/** What other subsystems may use of subscriptions. */
export { createUsageKeyGateway } from './gateways/usage-key-gateway.ts';
export {
  maximumKeys,
  normalizedEmail,
  type SubscriptionItem,
  withKey,
  withoutKey,
} from './rules/subscription-item.ts';
export { createSubscriptionStore, type SubscriptionStore } from './stores/subscription-store.ts';
export { createSubscriptions, type Subscriptions } from './subscriptions.ts';
