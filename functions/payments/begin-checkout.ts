import { tiers } from '../../lib/tiers.ts';
import { commit, retryContended } from '../runtime/dynamodb.ts';
import { LimitError, NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import { ownAccount } from '../subscriptions/index.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { hasToPay } from './rules/has-to-pay.ts';
import { paidTier } from './rules/payment-of.ts';
import { chosen } from './rules/tier-request.ts';
import { withPaymentTimer } from './rules/timer.ts';
import { introduced, type TiedSubscription } from './tie-customer.ts';
import type { ChoiceDependencies } from './tier-choice.ts';

export interface WaitingCheckout {
  readonly url: string;
  readonly expiresAt: string;
}

/**
 * Opens a checkout, or gives the one that is open. Invariant: nobody is told of a checkout that is not the one on the item,
 * so that of two at once there is one to pay.
 * @returns undefined where the tier was paid, or given, meanwhile
 * @throws LimitError where there is no room for one more in the tier; NotFoundError where the account was deleted meanwhile
 */
export async function beginCheckout(
  subscriptionId: string,
  act: Act,
  gateway: PaymentGateway,
  dependencies: ChoiceDependencies,
): Promise<WaitingCheckout | undefined> {
  const customers = new Set<string>();
  const attempt = async (): Promise<{ checkout: WaitingCheckout | undefined } | undefined> => {
    const found = await ownAccount(subscriptionId, dependencies.subscriptions.store);
    if (!hasToPay(found)) return { checkout: undefined };
    const known = found.payment?.checkout;
    await assertRoom(found, gateway, dependencies);
    if (known !== undefined) return { checkout: waiting(known) };
    const tied = await introduced(found, act, gateway, dependencies, (id) => customers.add(id));
    return tied === undefined ? undefined : open(tied, act, gateway, dependencies);
  };
  try {
    return (await retryContended(attempt, 'no checkout was opened')).checkout;
  } catch (error) {
    // Of somebody who is gone nothing is left, be it a customer without a name.
    if (error instanceof NotFoundError) {
      for (const id of customers) await gateway.deleteCustomer(id);
    }
    throw error;
  }
}

/** Nobody pays for what cannot be given. @throws LimitError in words for a subscriber */
async function assertRoom(
  found: SubscriptionItem,
  gateway: PaymentGateway,
  { subscriptions, supportAddress }: ChoiceDependencies,
): Promise<void> {
  const known = found.payment?.checkout;
  if (await subscriptions.hasRoom(found, paidTier, known === undefined ? 'new' : 'open')) return;
  if (known !== undefined) await gateway.expireCheckout(known.id);
  throw new LimitError(
    `there is no room for another subscription in tier ${paidTier} at the moment, and nothing is charged: ask ${supportAddress}`,
  );
}

/** One try; undefined where somebody else wrote first. The checkout that it opened is then told to nobody, and expires. */
async function open(
  found: TiedSubscription,
  act: Act,
  gateway: PaymentGateway,
  { client, subscriptions, dashboardOrigin, productName }: ChoiceDependencies,
): Promise<{ checkout: WaitingCheckout } | undefined> {
  const { subscriptionId, revision, payment } = found;
  const { customerId } = payment;
  // The same request from two tabs opens one; Stripe remembers a key for a day.
  const today = act.now.toISOString().slice(0, 10);
  const idempotencyKey = `checkout:${subscriptionId}:${revision}:${customerId}:${today}`;
  const checkout = await gateway.createCheckout(
    {
      customerId,
      subscriptionId,
      tier: paidTier,
      pricePerMonth: tiers[paidTier].pricePerMonth ?? 0,
      title: `${productName}, ${paidTier} tier`,
      successUrl: `${dashboardOrigin}/plan?checkout=done`,
      cancelUrl: `${dashboardOrigin}/plan?checkout=canceled`,
    },
    idempotencyKey,
  );
  const next = withPaymentTimer({
    ...chosen(found, changeOf('begin-checkout', act)),
    payment: { ...payment, checkout },
  });
  const outcome = await commit(client, [subscriptions.store.replacement(next)]);
  return outcome.kind === 'written' ? { checkout: waiting(checkout) } : undefined;
}

function waiting({ url, expiresAt }: WaitingCheckout): WaitingCheckout {
  return { url, expiresAt };
}
