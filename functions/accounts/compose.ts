import { composeKeys } from '../keys/index.ts';
import { composePaymentErasure } from '../payments/index.ts';
import { createCognitoClient } from '../runtime/clients.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { composeDueSubscriptions, composeSubscriptions, composeUsageKeys } from '../subscriptions/index.ts';
import { userPoolEnvironment } from './contract.ts';
import type { ErasureDependencies } from './finish-erasure.ts';
import { createUserPool } from './gateways/user-pool.ts';

/** What deleting an account works with, from the function's environment. */
export function composeErasure() {
  const { client, keys } = composeKeys();
  const dependencies: ErasureDependencies = {
    client,
    keys,
    subscriptions: composeSubscriptions(client),
    usageKeys: composeUsageKeys(),
    erasePayments: composePaymentErasure(),
    ...deleteUser(),
  };
  return {
    ...dependencies,
    subscriptions: composeSubscriptions(client),
    due: composeDueSubscriptions(client),
  };
}

/** Nothing where an issuer of the operator's signs people in: its users are not ours to delete. */
function deleteUser(): Pick<ErasureDependencies, 'deleteUser'> {
  const { USER_POOL_ID } = parseEnvironment(userPoolEnvironment);
  if (USER_POOL_ID === 'none') return {};
  return { deleteUser: createUserPool(createCognitoClient(), USER_POOL_ID).deleteUser };
}
