import { updateSubscription } from '../../delivery/index.ts';
import { composeTimedKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { composeSubscriptions, ownAccount } from '../../subscriptions/index.ts';
import { settingsBody } from '../messages.ts';
import { settingsView } from '../views.ts';

const timed = composeTimedKeys();
const subscriptions = composeSubscriptions(timed.client);

/** `PUT /account/settings`: what is absent stays as it is. */
export const handler = accountFunction({ body: settingsBody }, async ({ subscriptionId, body, act }) => {
  await updateSubscription({ subscriptionId, ...body }, act, { ...timed, subscriptions });
  return { body: settingsView(await ownAccount(subscriptionId, subscriptions)) };
});
