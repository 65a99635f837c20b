import { composeSealing } from '../../keys/index.ts';
import { disputeClaim } from '../dispute-claim.ts';
import { linkFunction, understood } from '../link-function.ts';
import { linkBody } from '../request.ts';

const dependencies = composeSealing();

/** `POST /claims/dispute`, "That was not me": `{ token }` -> the key that the link showed ends. The answer is always the same. */
export const handler = linkFunction(linkBody, async ({ claim, act }) => {
  await disputeClaim(claim, act, dependencies);
  return understood('done');
});
