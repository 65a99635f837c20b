import { composeLastLooks } from '../../alerts/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { describeError, logger } from '../../runtime/telemetry.ts';
import { composeErasure } from '../compose.ts';
import { deleteAccount } from '../delete-account.ts';
import { finishErasure } from '../finish-erasure.ts';

const dependencies = { ...composeErasure(), endOfKey: composeLastLooks() };

/** `DELETE /account`: ends it at once; what is kept elsewhere goes now, or with the next sweep where that fails. */
export const handler = accountFunction({}, async ({ subscriptionId, signInSubject, act }) => {
  const { deletedAt } = await deleteAccount({ subscriptionId, signInSubject }, act, dependencies);
  await finishErasure(subscriptionId, act, dependencies).catch((error: unknown) => {
    logger.error('erasure is not finished', { subscriptionId, ...describeError(error) });
  });
  return { body: { status: 'deleted', deletedAt } };
});
