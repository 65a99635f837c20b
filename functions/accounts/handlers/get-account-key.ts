import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore } from '../../usage/index.ts';
import { keyPath } from '../messages.ts';
import { ownKey } from '../own-key.ts';
import { accountKeyView } from '../views.ts';

const { client, keys } = composeKeys();
const usages = createUsageStore(client, parseEnvironment(usageTableEnvironment).USAGE_TABLE);

/** `GET /account/keys/{keyId}` */
export const handler = accountFunction({ path: keyPath }, async ({ subscriptionId, path, act }) => {
  const key = await ownKey(path.keyId, subscriptionId, keys);
  return { body: accountKeyView(key, await usages.recent(subscriptionId, act.now), act.now) };
});
