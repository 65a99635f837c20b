import { handoverEnvironment } from '../../keys/contract.ts';
import { composeTimedKeys, createHandoverBox } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { createKmsClient } from '../../runtime/clients.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { claimAccountKey } from '../claim-key.ts';
import { keyPath } from '../messages.ts';

const { HANDOVER_KEY_ARN } = parseEnvironment(handoverEnvironment);
const dependencies = {
  ...composeTimedKeys(),
  handovers: createHandoverBox(createKmsClient(), HANDOVER_KEY_ARN),
};

/** `POST /account/keys/{keyId}/claim` */
export const handler = accountFunction(
  { path: keyPath },
  async ({ subscriptionId, path, idempotencyKey, act }) => ({
    body: await claimAccountKey({ subscriptionId, keyId: path.keyId, idempotencyKey }, act, dependencies),
  }),
);
