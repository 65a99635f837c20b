import { managementFunction } from '../../runtime/management-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { composeKeys } from '../compose.ts';
import { listKeys } from '../list-keys.ts';
import { listKeysRequest } from '../messages.ts';

const { client, keys } = composeKeys();
const dependencies = { keys, subscriptions: composeSubscriptions(client) };

export const handler = managementFunction(listKeysRequest, (request, { now }) =>
  listKeys(request, now, dependencies),
);
