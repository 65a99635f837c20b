import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../compose.ts';
import { findSubscription } from '../find-subscription.ts';
import { getSubscriptionRequest } from '../messages.ts';

const subscriptions = composeSubscriptions(createDocumentClient());

/** A subscription holds no secret: the answer is the item. */
export const handler = managementFunction(getSubscriptionRequest, (request) =>
  findSubscription(request, subscriptions),
);
