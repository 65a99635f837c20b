import { createApiGatewayClient } from '../runtime/clients.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { subscriptionsTableEnvironment, usageKeysEnvironment } from './contract.ts';
import { createUsageKeyGateway } from './gateways/usage-key-gateway.ts';
import { createSubscriptionStore, type SubscriptionStore } from './stores/subscription-store.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** The store of subscriptions, from a function's environment. */
export function composeSubscriptions(client: DocumentClient): SubscriptionStore {
  return createSubscriptionStore(client, parseEnvironment(subscriptionsTableEnvironment).SUBSCRIPTIONS_TABLE);
}

/** Subscriptions together with their usage keys in API Gateway, from a function's environment. */
export function composeSubscriptionsWithUsageKeys(client: DocumentClient): Subscriptions {
  const environment = parseEnvironment(usageKeysEnvironment);
  return createSubscriptions(
    client,
    composeSubscriptions(client),
    createUsageKeyGateway(
      createApiGatewayClient(),
      environment.USAGE_KEY_NAME_PREFIX,
      environment.USAGE_PLANS,
    ),
    environment.USAGE_KEY_LIMIT,
  );
}
