import { commit, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import { ownAccount } from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { reconcile } from './reconcile.ts';

/** What an owner's choices have in common. */

/** The subscription as Stripe says that it is, where there is anything to ask about and somebody to ask. */
export async function settledSubscription(
  subscriptionId: string,
  act: Act,
  gateway: PaymentGateway | undefined,
  dependencies: PaymentDependencies,
): Promise<SubscriptionItem> {
  const settled =
    gateway === undefined
      ? undefined
      : await reconcile({ subscriptionId }, act, { ...dependencies, gateway });
  return settled ?? ownAccount(subscriptionId, dependencies.subscriptions.store);
}

/**
 * Reads, decides and writes until nobody else wrote in between.
 * @param decide the next revision, or undefined where nothing differs
 */
export function revise(
  subscriptionId: string,
  decide: (item: SubscriptionItem) => SubscriptionItem | undefined,
  dependencies: Pick<PaymentDependencies, 'client' | 'subscriptions'>,
): Promise<SubscriptionItem> {
  return retryContended(async () => {
    const found = await ownAccount(subscriptionId, dependencies.subscriptions.store);
    const next = decide(found);
    if (next === undefined) return found;
    const outcome = await commit(dependencies.client, [dependencies.subscriptions.store.replacement(next)]);
    return outcome.kind === 'written' ? next : undefined;
  }, 'nothing was written');
}

/** @throws ConflictError for whoever has an enterprise tier: there is a contract */
export function refuseByContract({ tier }: SubscriptionItem, supportAddress: string): void {
  if (tier !== 'enterprise') return;
  throw new ConflictError(`your tier is enterprise, by contract: ask ${supportAddress} to change it`);
}
