import { linkFunction } from '../link-function.ts';
import { renewClaim } from '../renew-claim.ts';

/** `POST /claims/renew`: `{ token }` -> a new link by mail where one is due. The answer is always the same. */
export const handler = linkFunction(renewClaim, 'accepted');
