import { commit, type DocumentClient, retryContended, type Write } from '../runtime/dynamodb.ts';
import { ConflictError, LimitError, NotFoundError } from '../runtime/errors.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { randomBase62 } from '../runtime/rules/base62.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { count } from '../runtime/telemetry.ts';
import type { UsageKeyGateway } from './gateways/usage-key-gateway.ts';
import {
  newSubscription,
  normalizedEmail,
  type SubscriptionItem,
  withUsageKey,
} from './rules/subscription-item.ts';
import { isFirstOfFree, limitOfCheckouts, limitOfFirst } from './rules/usage-key-room.ts';
import type { SubscriptionStore } from './stores/subscription-store.ts';

export interface SubscriptionWanted {
  readonly tier: string;
  readonly email: string;
  readonly subscriptionId?: string | undefined;
}

/** What other subsystems may ask of subscriptions. */
export interface Subscriptions {
  readonly store: SubscriptionStore;
  /**
   * The subscription that an address or id names; a new one for an unknown address. A new one is written together with
   * the address lock and its place among the usage keys.
   * @throws NotFoundError, ConflictError (other tier, or the address is not that subscription's), LimitError
   */
  findOrCreate(wanted: SubscriptionWanted, act: Act): Promise<SubscriptionItem>;
  /**
   * Makes sure that the subscription's usage key exists in API Gateway, enabled and attached to the tier's plan.
   * @param tier the subscription's own where absent
   * @returns the usage key's value
   */
  ensureUsageKey(subscription: SubscriptionItem, tier?: string): Promise<string>;
  /**
   * Plans a usage key for another tier of the subscription: its value is on the item before it exists.
   * @returns the subscription as written; undefined where somebody else wrote first
   * @throws LimitError in words for whoever acts; of an owner's first one, of tier free, before all are taken
   */
  planUsageKey(subscription: SubscriptionItem, tier: string, act: Act): Promise<SubscriptionItem | undefined>;
  /**
   * Whether a tier that is paid for would have a usage key, planned already or not.
   * @param checkout one that is to be opened is refused before one that is open
   */
  hasRoom(subscription: SubscriptionItem, tier: string, checkout: 'new' | 'open'): Promise<boolean>;
}

export function createSubscriptions(
  client: DocumentClient,
  store: SubscriptionStore,
  usageKeys: UsageKeyGateway,
  usageKeyLimit: number,
): Subscriptions {
  async function create(wanted: SubscriptionWanted, email: string, act: Act) {
    const subscription = newSubscription(
      {
        subscriptionId: `sub_${randomBase62(20)}`,
        email,
        tier: wanted.tier,
        usageKey: randomBase62(40),
        salt: randomBase62(22),
      },
      changeOf('create-subscription', act),
    );
    return counted(store.creation(subscription, usageKeyLimit), subscription, act, async () => {
      return (await store.idByEmail(email)) !== undefined;
    });
  }

  /**
   * Writes what plans one more usage key, and tells the metric how many there are then.
   * @param overtaken whether the last usage key may have gone, a moment ago, to this very subscription
   */
  async function counted(
    writes: Write[],
    written: SubscriptionItem,
    act: Act,
    overtaken: () => Promise<boolean>,
  ): Promise<SubscriptionItem | undefined> {
    const usageKeyCount = await store.usageKeyCount();
    const outcome = await commit(client, writes);
    if (outcome.kind === 'written') {
      count(metricNames.usageKeys, {}, usageKeyCount + 1);
      return written;
    }
    if (outcome.failed.includes('limit') && !(await overtaken())) throw noRoom(usageKeyLimit, act);
    return undefined;
  }

  return {
    store,
    findOrCreate(wanted, act) {
      const email = normalizedEmail(wanted.email);
      return retryContended(async () => {
        const id = wanted.subscriptionId ?? (await store.idByEmail(email));
        return id === undefined ? create(wanted, email, act) : existing(store, id, wanted, email);
      }, 'nothing was written');
    },
    async ensureUsageKey({ subscriptionId, tier: own, usageKeys: values }, tier = own) {
      const value = values[tier];
      if (value === undefined)
        throw new Error(`subscription ${subscriptionId} has no usage key for tier ${tier}`);
      await usageKeys.ensure({ subscriptionId, tier, value });
      return value;
    },
    async planUsageKey(subscription, tier, act) {
      const change = changeOf('plan-usage-key', act);
      const next = withUsageKey(subscription, tier, randomBase62(40), change);
      const isFirst = isFirstOfFree(subscription, tier, act.actor);
      const limit = isFirst ? limitOfFirst(usageKeyLimit) : usageKeyLimit;
      return counted(store.withUsageKey(next, limit), next, act, async () => {
        return (await store.get(subscription.subscriptionId))?.revision !== subscription.revision;
      });
    },
    async hasRoom(subscription, tier, checkout) {
      const limit = checkout === 'new' ? limitOfCheckouts(usageKeyLimit) : usageKeyLimit;
      return tier in subscription.usageKeys || (await store.usageKeyCount()) < limit;
    },
  };
}

async function existing(
  store: SubscriptionStore,
  subscriptionId: string,
  wanted: SubscriptionWanted,
  email: string,
): Promise<SubscriptionItem> {
  const subscription = await store.get(subscriptionId);
  if (subscription === undefined) throw new NotFoundError(`there is no subscription ${subscriptionId}`);
  if (subscription.email !== email) {
    throw new ConflictError(`email: is not the address of subscription ${subscriptionId}`);
  }
  if (subscription.tier !== wanted.tier) {
    throw new ConflictError(
      `tier: subscription ${subscriptionId} has tier ${subscription.tier}, and its keys share it; ask for that tier, or change the subscription's tier first`,
    );
  }
  return subscription;
}

function noRoom(limit: number, { actor }: Act): LimitError {
  // Who runs the service, and how, is nothing to those who use it.
  if (actor.kind === 'owner') {
    return new LimitError(
      'the service has no room for another subscription at the moment: ask support, or try again another day',
    );
  }
  return new LimitError(
    `all ${limit} usage keys are taken: API Gateway allows no more per account and Region; ask support, who find what to do in docs/scale.md`,
  );
}
