import { disputeClaim } from '../dispute-claim.ts';
import { linkFunction } from '../link-function.ts';

/** `POST /claims/dispute`, "That was not me": `{ token }` -> the key that the link showed ends. The answer is always the same. */
export const handler = linkFunction(disputeClaim, 'done');
