import type { TierName } from '../../lib/tiers.ts';
import { ownAccount } from '../accounts/index.ts';
import { ProblemError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { isPaying, type SubscriptionItem } from '../subscriptions/index.ts';
import { beginCheckout } from './begin-checkout.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { refuseByContract, revise, settledSubscription } from './owners-choice.ts';
import { type ChoiceDependencies, choiceOf, firstChoice, type TierChoice } from './tier-choice.ts';

/**
 * Up to the tier that costs money: it begins when Stripe says that it is paid, and never before. Whoever pays already takes
 * back a cancellation; whoever has a checkout open gets that one again, so that nobody pays twice.
 */
export async function choosePro(
  subscriptionId: string,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<TierChoice> {
  const former = await ownAccount(subscriptionId, dependencies.subscriptions.store);
  refuseByContract(former, dependencies.supportAddress);
  const gateway = await dependencies.stripe();
  const settled = await settledSubscription(subscriptionId, act, gateway, dependencies);
  const isEnding = isPaying(settled) && settled.payment?.cancelsAt !== undefined;
  const item = isEnding ? await takeBackEnding(settled, act, gateway, dependencies) : settled;
  if (isEnding && isPaying(item)) return { tier: item.tier as TierName, outcome: 'goes-on' };
  if (!isPaying(item) && item.tier === 'free') {
    if (gateway === undefined) throw new ProblemError('payment-unavailable');
    const checkout = await beginCheckout(subscriptionId, act, gateway, dependencies);
    if (checkout !== undefined) return { tier: 'free', outcome: 'payment-required', checkout };
  }
  const noted = await revise(subscriptionId, (found) => firstChoice(found, act), dependencies);
  return choiceOf(noted, former.tier);
}

/** @param item that pays, and is canceled */
async function takeBackEnding(
  { subscriptionId, payment }: SubscriptionItem,
  act: Act,
  gateway: PaymentGateway | undefined,
  dependencies: ChoiceDependencies,
): Promise<SubscriptionItem> {
  if (gateway === undefined) throw new ProblemError('payment-unavailable');
  await gateway.setEnding(payment?.stripeSubscriptionId ?? '', false);
  return settledSubscription(subscriptionId, act, gateway, dependencies);
}
