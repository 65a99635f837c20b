import type { TierName } from '../../lib/tiers.ts';
import { ProblemError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { isPaying, ownAccount, type SubscriptionItem } from '../subscriptions/index.ts';
import { beginCheckout } from './begin-checkout.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { refuseByContract, revise, settledSubscription } from './owners-choice.ts';
import { hasToPay } from './rules/has-to-pay.ts';
import {
  type ChoiceDependencies,
  choiceOf,
  firstChoice,
  settledChoice,
  type TierChoice,
} from './tier-choice.ts';

/**
 * Up to the tier that costs money: it begins when Stripe says that it is paid, and never before. Whoever pays already takes
 * back a cancellation; whoever has a checkout open gets that one again, so that nobody pays twice. Whose payment was taken
 * back pays anew: what it was for ends first.
 */
export async function choosePro(
  subscriptionId: string,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<TierChoice> {
  const former = await ownAccount(subscriptionId, dependencies.subscriptions.store);
  refuseByContract(former, dependencies.supportAddress);
  const gateway = await dependencies.stripe();
  if (former.tier === 'pro') await revise(subscriptionId, (found) => settledChoice(found, act), dependencies);
  const settled = await settledSubscription(subscriptionId, act, gateway, dependencies);
  const change = isPaying(settled) ? changeOf(settled) : undefined;
  const item = change === undefined ? settled : await make(change, settled, act, gateway, dependencies);
  if (change === 'go-on' && isPaying(item)) return { tier: item.tier as TierName, outcome: 'goes-on' };
  if (hasToPay(item)) {
    if (gateway === undefined) throw new ProblemError('payment-unavailable');
    const checkout = await beginCheckout(subscriptionId, act, gateway, dependencies);
    if (checkout !== undefined) {
      return { tier: item.tier as TierName, outcome: 'payment-required', checkout };
    }
  }
  const noted = await revise(subscriptionId, (found) => firstChoice(found, act), dependencies);
  return choiceOf(noted, former.tier);
}

/** What becomes of the payment that runs: nothing where it stands and goes on. */
function changeOf({ payment }: SubscriptionItem): 'end' | 'go-on' | undefined {
  if (payment?.reversal !== undefined) return 'end';
  return payment?.cancelsAt === undefined ? undefined : 'go-on';
}

/** @param settled that pays; what it pays by is named by its id, so that another one that was begun meanwhile is left */
async function make(
  change: 'end' | 'go-on',
  { subscriptionId, payment }: SubscriptionItem,
  act: Act,
  gateway: PaymentGateway | undefined,
  dependencies: ChoiceDependencies,
): Promise<SubscriptionItem> {
  if (gateway === undefined) throw new ProblemError('payment-unavailable');
  const id = payment?.stripeSubscriptionId ?? '';
  // What was taken back is not given once more, as credit.
  if (change === 'end') await gateway.cancel(id, { credit: false });
  else await gateway.setEnding(id, false);
  return settledSubscription(subscriptionId, act, gateway, dependencies);
}
