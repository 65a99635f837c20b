import { composeTimedKeys } from '../../keys/index.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { updateSubscriptionRequest } from '../messages.ts';
import { updateSubscription } from '../update-subscription.ts';

const timed = composeTimedKeys();
const dependencies = { ...timed, subscriptions: composeSubscriptions(timed.client) };

export const handler = managementFunction(
  updateSubscriptionRequest,
  ({ requestedBy, ...request }, invocation) =>
    updateSubscription(request, adminAct(requestedBy, invocation), dependencies),
);
