import { composeTimedKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { keyPath, storedBody } from '../messages.ts';
import { storeSecret } from '../store-secret.ts';

const dependencies = composeTimedKeys();

/** `POST /account/keys/{keyId}/stored`: "I have stored it". */
export const handler = accountFunction(
  { path: keyPath, body: storedBody },
  async ({ subscriptionId, path, body, act }) => ({
    body: await storeSecret({ subscriptionId, keyId: path.keyId, version: body.version }, act, dependencies),
  }),
);
