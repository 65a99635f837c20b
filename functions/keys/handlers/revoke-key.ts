import { composeLastLooks } from '../../alerts/index.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { composeKeys } from '../compose.ts';
import { revokeKeyRequest } from '../messages.ts';
import { revokeKey } from '../revoke-key.ts';

const { client, keys } = composeKeys();
const dependencies = {
  client,
  keys,
  subscriptions: composeSubscriptions(client),
  endOfKey: composeLastLooks(),
};

export const handler = managementFunction(revokeKeyRequest, ({ requestedBy, ...request }, invocation) =>
  revokeKey(request, adminAct(requestedBy, invocation), dependencies),
);
