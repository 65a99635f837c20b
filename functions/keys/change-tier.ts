import type { TierName } from '../../lib/tiers.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError } from '../runtime/errors.ts';
import { type Act, type Change, changeOf } from '../runtime/rules/change.ts';
import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import {
  inTier,
  isPaying,
  presentSubscription,
  type SubscriptionItem,
  type Subscriptions,
  timed,
} from '../subscriptions/index.ts';
import { followSubscription, prepareTier } from './follow-subscription.ts';
import type { TimerPolicy } from './rules/timer.ts';
import type { KeyStore } from './stores/key-store.ts';

export interface ChangedTier {
  readonly subscriptionId: string;
  readonly tier: string;
  readonly previousTier: string;
  /** Keys that followed: all that are not revoked. */
  readonly keyIds: readonly string[];
  readonly requestsPerMonth: number;
}

/**
 * Moves a subscription and all of its keys to another tier, in one transaction; the month's count stays, for it belongs to
 * the subscription. What an admin gave, the end of a payment does not take away. A tier that it has already, and not by a
 * payment, changes nothing.
 * @throws NotFoundError, LimitError when API Gateway has no room for another usage key
 * @throws ConflictError for `free` while a payment runs: its next message would bring the tier back
 */
export async function changeTier(
  request: {
    readonly subscriptionId: string;
    readonly tier: TierName;
    readonly reason?: string | undefined;
  },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly policy: TimerPolicy;
    readonly subscriptions: Subscriptions;
    readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
  },
): Promise<ChangedTier> {
  const { client, subscriptions, limits } = dependencies;
  const { subscriptionId, tier } = request;
  const change = changeOf('change-tier', act, request.reason);
  return retryContended(async () => {
    const found = await presentSubscription(subscriptionId, subscriptions.store);
    const answer = {
      subscriptionId,
      tier,
      previousTier: found.tier,
      keyIds: found.keyIds,
      requestsPerMonth: limitsOf(limits, tier).requestsPerMonth,
    };
    if (found.tier === tier && found.tierCause !== 'payment') return answer;
    if (tier === 'free' && isPaying(found)) throw stillPaying(subscriptionId);
    const prepared = await prepareTier(found, tier, act, subscriptions);
    if (prepared === undefined) return undefined;
    const next = givenTier(prepared, tier, change);
    const outcome = await commit(client, [
      subscriptions.store.replacement(next),
      ...(await followSubscription(next, dependencies)),
    ]);
    return outcome.kind === 'written' ? answer : undefined;
  }, 'the tier has not changed yet');
}

function stillPaying(subscriptionId: string): ConflictError {
  return new ConflictError(
    `subscription ${subscriptionId} pays for its tier through Stripe: end the payment there, or ask its owner to choose free, and the tier follows`,
  );
}

/** An enterprise tier ends the payments for another: that is due at once. */
function givenTier(prepared: SubscriptionItem, tier: TierName, change: Change): SubscriptionItem {
  const mayPay = isPaying(prepared) || prepared.payment?.checkout !== undefined;
  return {
    ...inTier(prepared, tier, change),
    tierCause: 'admin',
    ...(tier === 'enterprise' && mayPay ? timed(prepared.subscriptionId, change.at) : {}),
  };
}
