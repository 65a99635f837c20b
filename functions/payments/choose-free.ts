import type { TierName } from '../../lib/tiers.ts';
import { followSubscription, prepareTier } from '../keys/index.ts';
import { commit, retryContended } from '../runtime/dynamodb.ts';
import { ProblemError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { isPaying, ownAccount, type SubscriptionItem } from '../subscriptions/index.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { refuseByContract, revise, settledSubscription } from './owners-choice.ts';
import { chosen } from './rules/tier-request.ts';
import { withPaymentTimer } from './rules/timer.ts';
import { type ChoiceDependencies, choiceOf, settledChoice, type TierChoice } from './tier-choice.ts';

/**
 * Down to the tier that costs nothing: with the end of what is paid, and at once where nothing is. Whatever waits (a request
 * for a tier, a checkout) is taken back.
 */
export async function chooseFree(
  subscriptionId: string,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<TierChoice> {
  const former = await ownAccount(subscriptionId, dependencies.subscriptions.store);
  refuseByContract(former, dependencies.supportAddress);
  const gateway = await dependencies.stripe();
  await revise(subscriptionId, (found) => settledChoice(found, act), dependencies);
  const settled = await settledSubscription(subscriptionId, act, gateway, dependencies);
  const item = isPaying(settled)
    ? await endPayment(settled, act, gateway, dependencies)
    : await endCheckout(settled, act, gateway, dependencies);
  const endsAt = endOf(item);
  if (endsAt !== undefined) {
    return { tier: item.tier as TierName, outcome: 'ends-with-period', changesAt: endsAt };
  }
  return choiceOf(await moveToFree(subscriptionId, act, dependencies), former.tier);
}

/** What is paid lasts to its end. What is not, or was taken back, ends now. */
async function endPayment(
  { subscriptionId, payment }: SubscriptionItem,
  act: Act,
  gateway: PaymentGateway | undefined,
  dependencies: ChoiceDependencies,
): Promise<SubscriptionItem> {
  if (gateway === undefined) throw new ProblemError('payment-unavailable');
  const id = payment?.stripeSubscriptionId ?? '';
  const isPaid = payment?.status === 'active' && payment.reversal === undefined;
  if (!isPaid) await gateway.cancel(id, { credit: false });
  else if (payment.cancelsAt === undefined) await gateway.setEnding(id, true);
  const settled = await settledSubscription(subscriptionId, act, gateway, dependencies);
  // Given by an admin and paid besides: it is given up, too, and ends with what is paid.
  return settled.tier === 'pro' && settled.tierCause !== 'payment' && isPaying(settled)
    ? revise(subscriptionId, (found) => withPaymentAsCause(found, act), dependencies)
    : settled;
}

function withPaymentAsCause(found: SubscriptionItem, act: Act): SubscriptionItem | undefined {
  if (found.tier !== 'pro' || found.tierCause === 'payment' || !isPaying(found)) return undefined;
  return { ...chosen(found, changeOf('choose-tier', act)), tierCause: 'payment' };
}

async function endCheckout(
  settled: SubscriptionItem,
  act: Act,
  gateway: PaymentGateway | undefined,
  dependencies: ChoiceDependencies,
): Promise<SubscriptionItem> {
  const checkout = settled.payment?.checkout;
  if (checkout === undefined || gateway === undefined) return settled;
  await gateway.expireCheckout(checkout.id);
  const after = await settledSubscription(settled.subscriptionId, act, gateway, dependencies);
  // Paid at the last moment.
  return isPaying(after) ? endPayment(after, act, gateway, dependencies) : after;
}

function endOf(item: SubscriptionItem): string | undefined {
  return isPaying(item) ? (item.payment?.cancelsAt ?? item.payment?.periodEndsAt) : undefined;
}

/** A tier that an admin gave, or that the subscription began with, is given up at once. */
async function moveToFree(
  subscriptionId: string,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<SubscriptionItem> {
  const { client, subscriptions, supportAddress } = dependencies;
  return retryContended(async () => {
    const found = await ownAccount(subscriptionId, dependencies.subscriptions.store);
    if (found.tier === 'free' || isPaying(found)) return found;
    refuseByContract(found, supportAddress);
    const prepared = await prepareTier(found, 'free', act, subscriptions);
    if (prepared === undefined) return undefined;
    const moved = chosen(prepared, changeOf('change-tier', act, 'chosen'));
    const next = withPaymentTimer({ ...moved, tier: 'free', tierCause: 'owner' });
    const outcome = await commit(client, [
      subscriptions.store.replacement(next),
      ...(await followSubscription(next, dependencies)),
    ]);
    return outcome.kind === 'written' ? next : undefined;
  }, 'the tier has not changed yet');
}
