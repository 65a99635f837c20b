import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../compose.ts';
import { findSubscription } from '../find-subscription.ts';
import { getSubscriptionRequest } from '../messages.ts';
import { subscriptionView } from '../rules/subscription-view.ts';

const subscriptions = composeSubscriptions(createDocumentClient());

export const handler = managementFunction(getSubscriptionRequest, async (request) =>
  subscriptionView(await findSubscription(request, subscriptions)),
);
