import { followSubscription, prepareTier } from '../keys/index.ts';
import { commit, retryContended, type Write, type WriteOutcome } from '../runtime/dynamodb.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { type Endings, endingsOf, nextStep, type Step } from './rules/next-step.ts';
import type { PaymentFacts } from './rules/payment-facts.ts';
import { notAsAgreed } from './rules/payment-of.ts';
import { withPaymentTimer } from './rules/timer.ts';

export interface Reconciliation {
  readonly subscriptionId: string;
  /** The event of Stripe's that is the cause: on record once all that follows from it is written. */
  readonly eventId?: string;
}

/** More than can follow from one look: what goes round in circles is a fault. */
const mostSteps = 8;

/**
 * Makes a subscription and its keys what Stripe says of its payments: reads how often that was done, asks Stripe, and writes
 * on condition that nobody else has done it meanwhile. So what stands follows from the latest answer, in whatever order
 * messages come, however often, and however many at once. Each step is one transaction; after a crash the next message, or
 * the timer, goes on.
 * @returns the subscription as it is then; undefined where there is none, or it has no payments
 * @throws UnavailableError where others wrote all the time; LimitError where API Gateway has no room for a usage key
 */
export async function reconcile(
  { subscriptionId, eventId }: Reconciliation,
  act: Act,
  dependencies: PaymentDependencies & { readonly gateway: PaymentGateway },
): Promise<SubscriptionItem | undefined> {
  let cause = eventId;
  for (let steps = 0; steps < mostSteps; steps++) {
    const taken = await retryContended(
      () => takeStep(subscriptionId, cause, act, dependencies),
      'what Stripe says is not written yet',
    );
    if (taken === 'event-on-record') cause = undefined;
    else if (taken.isDone) return taken.item;
  }
  throw new Error(`subscription ${subscriptionId} does not settle after ${mostSteps} steps`);
}

interface Taken {
  readonly item: SubscriptionItem | undefined;
  /** Whether nothing is left to be done. */
  readonly isDone: boolean;
}

/** Another delivery of the same event was faster; what there is to be done now is done all the same. */
type OnRecord = 'event-on-record';

/** One try of one step; undefined where somebody else wrote first. */
async function takeStep(
  subscriptionId: string,
  eventId: string | undefined,
  act: Act,
  dependencies: PaymentDependencies & { readonly gateway: PaymentGateway },
): Promise<Taken | OnRecord | undefined> {
  const { client, payments, subscriptions, gateway } = dependencies;
  const found = await subscriptions.store.get(subscriptionId);
  const customerId = found?.payment?.customerId;
  if (found === undefined || customerId === undefined) return { item: undefined, isDone: true };
  const lock = await payments.customer(customerId);
  // Deleted since it was read.
  if (lock === undefined) return undefined;
  if (lock.lockedFor !== subscriptionId) {
    throw new Error(`customer ${customerId} is not tied to subscription ${subscriptionId}`);
  }
  const facts = await gateway.facts(customerId, found.payment?.checkout?.id);
  const odd = notAsAgreed(facts, subscriptionId);
  if (odd.length > 0) {
    count(metricNames.paymentsNotAsAgreed);
    logger.error('a subscription at Stripe is not at the price that was agreed', { subscriptionId });
  }
  const endings = endingsOf(found, facts, act.now);
  if (endings !== undefined) {
    await end(endings, gateway);
    return { item: found, isDone: false };
  }
  const order: Write[] = [payments.next(customerId, lock)];
  const record = eventId === undefined ? [] : [payments.event(eventId, act.now)];
  const step = nextStep(found, facts, act.now);
  if (step === undefined) {
    return outcomeOf(await commit(client, [...order, ...record]), { item: found, isDone: true });
  }
  return writeStep(found, step, facts, { order, record }, act, dependencies);
}

/** A step with the keys that follow, and with the event where it is the last one. */
async function writeStep(
  found: SubscriptionItem,
  step: Step,
  facts: PaymentFacts,
  { order, record }: { readonly order: readonly Write[]; readonly record: readonly Write[] },
  act: Act,
  dependencies: PaymentDependencies,
): Promise<Taken | OnRecord | undefined> {
  const { client, subscriptions } = dependencies;
  const { action, reason, payment, tier, tierCause } = step;
  const isMoved = tier !== found.tier;
  const prepared = isMoved ? await prepareTier(found, tier, act, subscriptions) : found;
  if (prepared === undefined) return undefined;
  const next = withPaymentTimer({
    ...prepared,
    payment,
    tier,
    ...(tierCause === undefined ? {} : { tierCause }),
    revision: prepared.revision + 1,
    change: changeOf(action, act, reason),
  });
  const isDone = nextStep(next, facts, act.now) === undefined;
  const isFollowed = isMoved || (payment.reversal === undefined) !== (found.payment?.reversal === undefined);
  const outcome = await commit(client, [
    ...order,
    subscriptions.store.replacement(next),
    ...(isFollowed ? await followSubscription(next, dependencies) : []),
    ...(isDone ? record : []),
  ]);
  return outcomeOf(outcome, { item: next, isDone });
}

function outcomeOf(outcome: WriteOutcome, taken: Taken): Taken | OnRecord | undefined {
  if (outcome.kind === 'written') return taken;
  return outcome.failed.includes('event') ? 'event-on-record' : undefined;
}

async function end({ subscriptions, checkout }: Endings, gateway: PaymentGateway): Promise<void> {
  if (checkout !== undefined) await gateway.expireCheckout(checkout);
  for (const { id, credit } of subscriptions) await gateway.cancel(id, { credit });
}
