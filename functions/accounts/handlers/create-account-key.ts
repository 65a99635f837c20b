import { composeMinting } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeSubscriptions, composeSubscriptionsWithUsageKeys } from '../../subscriptions/index.ts';
import { createAccountKey } from '../create-key.ts';
import { createKeyBody } from '../messages.ts';

const { TIER_LIMITS: limits } = parseEnvironment(tierLimitsEnvironment);
const minting = composeMinting();
const dependencies = {
  ...minting,
  limits,
  subscriptions: composeSubscriptionsWithUsageKeys(minting.client),
  accounts: composeSubscriptions(minting.client),
};

/** `POST /account/keys` */
export const handler = accountFunction(
  { body: createKeyBody },
  async ({ subscriptionId, body, idempotencyKey, act }) => ({
    status: 201,
    body: await createAccountKey({ subscriptionId, ...body, idempotencyKey }, act, dependencies),
  }),
);
