import { createApiGatewayClient } from '../runtime/clients.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { subscriptionsTableEnvironment, usageKeysEnvironment } from './contract.ts';
import { createUsageKeyGateway, type UsageKeyGateway } from './gateways/usage-key-gateway.ts';
import { createDueSubscriptions, type DueSubscriptions } from './stores/due-subscriptions.ts';
import { createSubscriptionStore, type SubscriptionStore } from './stores/subscription-store.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** The store of subscriptions, from a function's environment. */
export function composeSubscriptions(client: DocumentClient): SubscriptionStore {
  return createSubscriptionStore(client, parseEnvironment(subscriptionsTableEnvironment).SUBSCRIPTIONS_TABLE);
}

/** Finding those that have something due. */
export function composeDueSubscriptions(client: DocumentClient): DueSubscriptions {
  return createDueSubscriptions(client, parseEnvironment(subscriptionsTableEnvironment).SUBSCRIPTIONS_TABLE);
}

/** Usage keys in API Gateway, from a function's environment. */
export function composeUsageKeys(): UsageKeyGateway {
  const { USAGE_KEY_NAME_PREFIX } = parseEnvironment(usageKeysEnvironment);
  return createUsageKeyGateway(createApiGatewayClient(), USAGE_KEY_NAME_PREFIX);
}

/** Subscriptions together with their usage keys in API Gateway, from a function's environment. */
export function composeSubscriptionsWithUsageKeys(client: DocumentClient): Subscriptions {
  const { USAGE_KEY_LIMIT } = parseEnvironment(usageKeysEnvironment);
  return createSubscriptions(client, composeSubscriptions(client), composeUsageKeys(), USAGE_KEY_LIMIT);
}
