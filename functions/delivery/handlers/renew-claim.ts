import { composeSealing } from '../../keys/index.ts';
import { linkFunction, understood } from '../link-function.ts';
import { renewClaim } from '../renew-claim.ts';
import { linkBody } from '../request.ts';

const dependencies = composeSealing();

/** `POST /claims/renew`: `{ token }` -> a new link by mail where one is due. The answer is always the same. */
export const handler = linkFunction(linkBody, async ({ claim, act }) => {
  await renewClaim(claim, act, dependencies);
  return understood('accepted');
});
