import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { declineRequest } from '../answer-request.ts';
import { declineRequestRequest } from '../messages.ts';

const client = createDocumentClient();
const dependencies = { client, subscriptions: { store: composeSubscriptions(client) } };

export const handler = managementFunction(declineRequestRequest, ({ requestedBy, ...request }, invocation) =>
  declineRequest(request, adminAct(requestedBy, invocation), dependencies),
);
