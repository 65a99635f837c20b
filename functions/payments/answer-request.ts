import { followSubscription, prepareTier } from '../keys/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError, LimitError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import {
  isPaying,
  presentSubscription,
  type SubscriptionItem,
  type SubscriptionStore,
  type Subscriptions,
} from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import { reconcile } from './reconcile.ts';
import { answered, hasOpenRequest } from './rules/tier-request.ts';
import { withPaymentTimer } from './rules/timer.ts';

export interface Answer {
  readonly subscriptionId: string;
  readonly reason?: string | undefined;
}

export interface ApprovedRequest {
  readonly subscriptionId: string;
  readonly tier: 'enterprise';
  /** Keys that followed: all that are not revoked. */
  readonly keyIds: readonly string[];
  /** What became of a payment for another tier: there was none, it has ended, or it ends within the hour. */
  readonly payment: 'none' | 'ended' | 'ends-soon';
}

/**
 * Gives the tier that was asked for to the subscription and all of its keys, in one transaction, and ends what is paid for
 * another one: what was not used becomes credit at Stripe. Approving again what was approved changes nothing.
 * @throws NotFoundError, ConflictError where no request is open, LimitError where API Gateway has no room for a usage key
 */
export async function approveRequest(
  { subscriptionId, reason }: Answer,
  act: Act,
  dependencies: PaymentDependencies,
): Promise<ApprovedRequest> {
  const { client, subscriptions } = dependencies;
  const change = changeOf('approve-request', act, reason);
  const approved = await retryContended(async () => {
    const found = await presentSubscription(subscriptionId, subscriptions.store);
    if (found.tier === 'enterprise' && found.request?.status === 'approved') return found;
    const prepared = await prepareOpen(withOpenRequest(found), act, subscriptions);
    if (prepared === undefined) return undefined;
    const answer = answered(withOpenRequest(prepared), { status: 'approved', reason }, change);
    const next = withPaymentTimer({ ...answer, tier: 'enterprise', tierCause: 'admin' });
    const outcome = await commit(client, [
      subscriptions.store.replacement(next),
      ...(await followSubscription(next, dependencies)),
    ]);
    return outcome.kind === 'written' ? next : undefined;
  }, 'the request is not answered yet');
  const payment = await endPayments(approved, act, dependencies);
  return { subscriptionId, tier: 'enterprise', keyIds: approved.keyIds, payment };
}

/** @throws LimitError that says what becomes of the request */
async function prepareOpen(
  found: SubscriptionItem,
  act: Act,
  subscriptions: Subscriptions,
): Promise<SubscriptionItem | undefined> {
  try {
    return await prepareTier(found, 'enterprise', act, subscriptions);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    const stays = `the request of subscription ${found.subscriptionId} stays open, approve it again once there is room`;
    throw new LimitError(`${stays}: ${error.message}`, { cause: error });
  }
}

/** The tier is given, whatever becomes of this: the item is due, and the sweep does what could not be done now. */
async function endPayments(
  approved: SubscriptionItem,
  act: Act,
  dependencies: PaymentDependencies,
): Promise<ApprovedRequest['payment']> {
  const { subscriptionId, payment } = approved;
  if (!isPaying(approved) && payment?.checkout === undefined) return 'none';
  try {
    const gateway = await dependencies.stripe();
    if (gateway === undefined) return 'ends-soon';
    await reconcile({ subscriptionId }, act, { ...dependencies, gateway });
    return 'ended';
  } catch (error) {
    logger.error('a payment could not be ended yet', { subscriptionId, ...describeError(error) });
    return 'ends-soon';
  }
}

/**
 * Tells the owner no, and why. Declining again what was declined changes nothing.
 * @throws NotFoundError, ConflictError where no request is open
 */
export async function declineRequest(
  { subscriptionId, reason }: Answer & { readonly reason: string },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly subscriptions: { readonly store: Pick<SubscriptionStore, 'get' | 'replacement'> };
  },
): Promise<{ subscriptionId: string; tier: string; declinedAt: string }> {
  const { client, subscriptions } = dependencies;
  const change = changeOf('decline-request', act, reason);
  return retryContended(async () => {
    const found = await presentSubscription(subscriptionId, subscriptions.store);
    const { tier, request } = found;
    if (request?.status === 'declined') {
      return { subscriptionId, tier, declinedAt: request.answeredAt ?? '' };
    }
    const next = answered(withOpenRequest(found), { status: 'declined', reason }, change);
    const outcome = await commit(client, [subscriptions.store.replacement(next)]);
    return outcome.kind === 'written' ? { subscriptionId, tier, declinedAt: change.at } : undefined;
  }, 'the request is not answered yet');
}

function withOpenRequest(found: SubscriptionItem) {
  if (hasOpenRequest(found)) return found;
  const { status, answeredAt } = found.request ?? {};
  throw new ConflictError(
    status === undefined
      ? `subscription ${found.subscriptionId} has asked for no tier`
      : `the request of subscription ${found.subscriptionId} is not open: it was ${status} at ${answeredAt}`,
  );
}
