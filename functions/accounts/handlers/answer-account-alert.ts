import { composeAlerts } from '../../alerts/index.ts';
import { composeMinting, composeOwnerActs } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { answerAlert } from '../answer-alert.ts';
import { alertPath, answerAlertBody } from '../messages.ts';

const minting = composeMinting();
const dependencies = {
  ...minting,
  alerts: composeAlerts(minting.client),
  acts: composeOwnerActs(),
  subscriptions: composeSubscriptions(minting.client),
};

/** `POST /account/alerts/{alertId}/answer` */
export const handler = accountFunction(
  { path: alertPath, body: answerAlertBody },
  async ({ subscriptionId, path, body, idempotencyKey, act }) => ({
    body: await answerAlert({ subscriptionId, ...path, ...body, idempotencyKey }, act, dependencies),
  }),
);
