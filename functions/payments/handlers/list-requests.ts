import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { encodeCursor } from '../../runtime/rules/cursor.ts';
import { subscriptionsTableEnvironment } from '../../subscriptions/contract.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { listRequests } from '../list-requests.ts';
import { listRequestsRequest } from '../messages.ts';
import { createRequestStore } from '../stores/request-store.ts';

const client = createDocumentClient();
const { SUBSCRIPTIONS_TABLE } = parseEnvironment(subscriptionsTableEnvironment);
const dependencies = {
  requests: createRequestStore(client, SUBSCRIPTIONS_TABLE),
  subscriptions: composeSubscriptions(client),
};

export const handler = managementFunction(listRequestsRequest, async ({ limit, cursor }) => {
  const { requests, next } = await listRequests({ limit, after: cursor }, dependencies);
  return { requests, ...(next === undefined ? {} : { cursor: encodeCursor(next) }) };
});
