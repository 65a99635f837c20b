import { composeTimedKeys } from '../../keys/index.ts';
import { linkFunction, understood } from '../link-function.ts';
import { storeClaimBody } from '../request.ts';
import { storeClaim } from '../store-claim.ts';

const dependencies = composeTimedKeys();

/** `POST /claims/stored`: `{ token, nonce }` -> what the link showed is kept no more. The answer is always the same. */
export const handler = linkFunction(storeClaimBody, async ({ claim, body, act }) => {
  await storeClaim({ claim, nonce: body.nonce }, act, dependencies);
  return understood('done');
});
