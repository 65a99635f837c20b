import { composeOwnerActs, composeTimedKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { changeSuspension } from '../change-suspension.ts';
import { keyPath, suspensionBody } from '../messages.ts';

const dependencies = { ...composeTimedKeys(), acts: composeOwnerActs() };

/** `PUT /account/keys/{keyId}/suspension` */
export const handler = accountFunction(
  { path: keyPath, body: suspensionBody },
  async ({ subscriptionId, path, body, act }) => ({
    body: await changeSuspension({ subscriptionId, ...path, ...body }, act, dependencies),
  }),
);
