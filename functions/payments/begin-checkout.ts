import { tiers } from '../../lib/tiers.ts';
import { ownAccount } from '../accounts/index.ts';
import { commit, retryContended } from '../runtime/dynamodb.ts';
import { LimitError, NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { PaymentState, SubscriptionItem } from '../subscriptions/index.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { hasToPay } from './rules/has-to-pay.ts';
import { paidTier } from './rules/payment-of.ts';
import { chosen } from './rules/tier-request.ts';
import { withPaymentTimer } from './rules/timer.ts';
import type { ChoiceDependencies } from './tier-choice.ts';

export interface WaitingCheckout {
  readonly url: string;
  readonly expiresAt: string;
}

/**
 * Opens a checkout, or gives the one that is open. Invariant: nobody is told of a checkout that is not the one on the item,
 * so that of two at once there is one to pay.
 * @returns undefined where the tier was paid, or given, meanwhile
 * @throws LimitError where there is no room for one more in the tier
 */
export async function beginCheckout(
  subscriptionId: string,
  act: Act,
  gateway: PaymentGateway,
  dependencies: ChoiceDependencies,
): Promise<WaitingCheckout | undefined> {
  let untied: string | undefined;
  const attempt = async (): Promise<{ checkout: WaitingCheckout | undefined } | undefined> => {
    const found = await ownAccount(subscriptionId, dependencies.subscriptions.store);
    if (!hasToPay(found)) return { checkout: undefined };
    const known = found.payment?.checkout;
    await assertRoom(found, gateway, dependencies);
    if (known !== undefined) return { checkout: waiting(known) };
    const customerId = await customerOf(found, gateway);
    if (customerId !== found.payment?.customerId) untied = customerId;
    return open(found, customerId, act, gateway, dependencies);
  };
  try {
    return (await retryContended(attempt, 'no checkout was opened')).checkout;
  } catch (error) {
    // Deleted meanwhile: nobody else would ever erase that person at Stripe.
    if (error instanceof NotFoundError && untied !== undefined) await gateway.deleteCustomer(untied);
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
  found: SubscriptionItem,
  customerId: string,
  act: Act,
  gateway: PaymentGateway,
  dependencies: ChoiceDependencies,
): Promise<{ checkout: WaitingCheckout } | undefined> {
  const { client, subscriptions, payments, dashboardOrigin, productName } = dependencies;
  const { subscriptionId, revision } = found;
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
    payment: { ...stateOf(found, customerId), checkout },
  });
  const outcome = await commit(client, [
    subscriptions.store.replacement(next),
    ...(customerId === found.payment?.customerId ? [] : [payments.lock(customerId, subscriptionId)]),
  ]);
  return outcome.kind === 'written' ? { checkout: waiting(checkout) } : undefined;
}

/** What is known of the customer; of one who is new, only what another one owes. */
function stateOf({ payment }: SubscriptionItem, customerId: string): PaymentState {
  if (payment?.customerId === customerId) return payment;
  return { customerId, ...(payment?.reversal === undefined ? {} : { reversal: payment.reversal }) };
}

/** The subscription's customer at Stripe, made the first time, and again where the operator deleted it there. */
async function customerOf(
  { subscriptionId, revision, email, name, payment }: SubscriptionItem,
  gateway: PaymentGateway,
): Promise<string> {
  const person = { email, ...(name === undefined ? {} : { name }) };
  const key = `customer:${subscriptionId}`;
  const known = payment?.customerId ?? (await gateway.createCustomer(subscriptionId, key));
  if (await gateway.updateCustomer(known, person)) return known;
  const another = await gateway.createCustomer(subscriptionId, `${key}:${revision}`);
  await gateway.updateCustomer(another, person);
  return another;
}

function waiting({ url, expiresAt }: WaitingCheckout): WaitingCheckout {
  return { url, expiresAt };
}
