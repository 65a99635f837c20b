import { composeMinting, rotateKey } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { composeSubscriptions, ownAccount, preferencesOf } from '../../subscriptions/index.ts';
import { keyPath, rotateKeyBody } from '../messages.ts';
import { ownKey } from '../own-key.ts';

const dependencies = composeMinting();
const subscriptions = composeSubscriptions(dependencies.client);

/** `POST /account/keys/{keyId}/rotate` (R13, R18) */
export const handler = accountFunction(
  { path: keyPath, body: rotateKeyBody },
  async ({ subscriptionId, path, body, idempotencyKey, act }) => {
    const { keyId } = await ownKey(path.keyId, subscriptionId, dependencies.keys);
    const deliver = preferencesOf(await ownAccount(subscriptionId, subscriptions)).mailNewKeys;
    // What its owner may lift does not hinder it: with the new secret, the key is safe to go on.
    const despite = ['owner', 'anomaly'] as const;
    const request = { keyId, graceHours: body.graceHours, deliver, idempotencyKey, despite };
    return { body: await rotateKey(request, act, dependencies) };
  },
);
