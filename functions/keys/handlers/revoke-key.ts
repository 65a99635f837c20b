import * as z from 'zod/mini';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { subscriptionsTableEnvironment } from '../../subscriptions/contract.ts';
import { createSubscriptionStore } from '../../subscriptions/index.ts';
import { keysTableEnvironment } from '../contract.ts';
import { revokeKeyRequest } from '../messages.ts';
import { revokeKey } from '../revoke-key.ts';
import { createKeyStore } from '../stores/key-store.ts';

const environment = parseEnvironment(
  z.object({ ...keysTableEnvironment.shape, ...subscriptionsTableEnvironment.shape }),
);
const client = createDocumentClient();
const dependencies = {
  client,
  keys: createKeyStore(client, environment.KEYS_TABLE),
  subscriptions: createSubscriptionStore(client, environment.SUBSCRIPTIONS_TABLE),
};

export const handler = managementFunction(revokeKeyRequest, ({ requestedBy, ...request }, invocation) =>
  revokeKey(request, adminAct(requestedBy, invocation), dependencies),
);
