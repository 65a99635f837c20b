import { accountFunction } from '../../runtime/account-function.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { composeAccountView } from '../compose-view.ts';
import { describeAccount } from '../describe-account.ts';

const dependencies = composeAccountView(createDocumentClient());

/** `GET /account` */
export const handler = accountFunction({}, async ({ subscriptionId, act }) => ({
  body: await describeAccount(subscriptionId, act.now, dependencies),
}));
