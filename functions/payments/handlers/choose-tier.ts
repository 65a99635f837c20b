import { chooseTierBody } from '../../accounts/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { chooseTier } from '../choose-tier.ts';
import { composeChoice } from '../compose.ts';

const dependencies = composeChoice();

/** `PUT /account/tier` (R2) */
export const handler = accountFunction({ body: chooseTierBody }, async ({ subscriptionId, body, act }) => ({
  body: await chooseTier({ subscriptionId, ...body }, act, dependencies),
}));
