import { backoff, commit, type DocumentClient } from '../runtime/dynamodb.ts';
import { ConflictError, LimitError, NotFoundError, UnavailableError } from '../runtime/errors.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { randomBase62 } from '../runtime/rules/base62.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { count } from '../runtime/telemetry.ts';
import type { UsageKeyGateway } from './gateways/usage-key-gateway.ts';
import { newSubscription, normalizedEmail, type SubscriptionItem } from './rules/subscription-item.ts';
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
   * Makes sure that the subscription's usage key exists in API Gateway, enabled and attached.
   * @returns the usage key's value
   */
  ensureUsageKey(subscription: SubscriptionItem): Promise<string>;
}

const attempts = 10;

export function createSubscriptions(
  client: DocumentClient,
  store: SubscriptionStore,
  usageKeys: UsageKeyGateway,
  usageKeyLimit: number,
): Subscriptions {
  async function create(wanted: SubscriptionWanted, email: string, act: Act) {
    const usageKeyCount = await store.usageKeyCount();
    if (usageKeyCount >= usageKeyLimit) return refuseOrRetry(email);
    const subscription = newSubscription(
      {
        subscriptionId: `sub_${randomBase62(20)}`,
        email,
        tier: wanted.tier,
        usageKey: randomBase62(40),
      },
      changeOf('create-subscription', act),
    );
    const outcome = await commit(client, store.creation(subscription, usageKeyLimit));
    if (outcome.kind === 'written') {
      count(metricNames.usageKeys, {}, usageKeyCount + 1);
      return subscription;
    }
    return outcome.failed.includes('limit') ? refuseOrRetry(email) : undefined;
  }

  /** The last usage key may have gone, a moment ago, to this very address: then there is a subscription to go on with. */
  async function refuseOrRetry(email: string): Promise<undefined> {
    if ((await store.idByEmail(email)) === undefined) throw noRoom(usageKeyLimit);
  }

  return {
    store,
    async findOrCreate(wanted, act) {
      const email = normalizedEmail(wanted.email);
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (attempt > 0) await backoff(attempt);
        const id = wanted.subscriptionId ?? (await store.idByEmail(email));
        const subscription =
          id === undefined ? await create(wanted, email, act) : await existing(store, id, wanted, email);
        if (subscription !== undefined) return subscription;
      }
      throw new UnavailableError('others are creating subscriptions; nothing was written, try again');
    },
    async ensureUsageKey({ subscriptionId, tier, usageKeys: values }) {
      const value = values[tier];
      if (value === undefined)
        throw new Error(`subscription ${subscriptionId} has no usage key for tier ${tier}`);
      await usageKeys.ensure({ subscriptionId, tier, value });
      return value;
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

function noRoom(limit: number): LimitError {
  return new LimitError(
    `all ${limit} usage keys are taken: API Gateway allows no more per account and Region; see docs/scale.md`,
  );
}
