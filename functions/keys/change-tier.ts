import type { TierName } from '../../lib/tiers.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import { inTier, type Subscriptions } from '../subscriptions/index.ts';
import { withTier } from './rules/lifecycle.ts';
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
 * Moves a subscription and all of its keys to another tier, in one transaction. The new tier's usage key is attached
 * before, so that the very next request is metered by it; the month's count stays, for it belongs to the subscription.
 * A tier that it has already changes nothing.
 * @throws NotFoundError, LimitError when API Gateway has no room for another usage key
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
    readonly subscriptions: Subscriptions;
    readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
  },
): Promise<ChangedTier> {
  const { client, keys, subscriptions, limits } = dependencies;
  const { subscriptionId, tier } = request;
  const change = changeOf('change-tier', act, request.reason);
  return retryContended(async () => {
    const found = await subscriptions.store.get(subscriptionId);
    if (found === undefined) throw new NotFoundError(`there is no subscription ${subscriptionId}`);
    const answer = {
      subscriptionId,
      tier,
      previousTier: found.tier,
      keyIds: found.keyIds,
      requestsPerMonth: limitsOf(limits, tier).requestsPerMonth,
    };
    if (found.tier === tier) return answer;
    const planned = tier in found.usageKeys ? found : await subscriptions.planUsageKey(found, tier, act);
    if (planned === undefined) return undefined;
    const usageKey = await subscriptions.ensureUsageKey(planned, tier);
    const items = await Promise.all(planned.keyIds.map((keyId) => keys.get(keyId)));
    const outcome = await commit(client, [
      subscriptions.store.replacement(inTier(planned, tier, change)),
      ...items.flatMap((key) =>
        key === undefined ? [] : [keys.replacement(withTier(key, tier, usageKey, change))],
      ),
    ]);
    return outcome.kind === 'written' ? answer : undefined;
  }, 'the tier has not changed yet');
}
