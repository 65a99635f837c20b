import { composeLastLooks } from '../../alerts/index.ts';
import { composeKeys, revokeKey } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { keyPath } from '../messages.ts';
import { ownKey } from '../own-key.ts';

const keys = composeKeys();
const dependencies = {
  ...keys,
  subscriptions: composeSubscriptions(keys.client),
  endOfKey: composeLastLooks(),
};

/** `DELETE /account/keys/{keyId}` */
export const handler = accountFunction({ path: keyPath }, async ({ subscriptionId, path, act }) => {
  const { keyId } = await ownKey(path.keyId, subscriptionId, dependencies.keys);
  return { body: await revokeKey({ keyId }, act, dependencies) };
});
