import { commit } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { PaymentState, SubscriptionItem } from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { withPaymentTimer } from './rules/timer.ts';

/** With a customer at Stripe. */
export type TiedSubscription = SubscriptionItem & { readonly payment: PaymentState };

/**
 * The subscription with its customer at Stripe, who is made the first time, and again where the operator deleted it there;
 * and who is told address and name. Invariant: what Stripe knows of a person it knows of a customer that is on the item, so
 * that whoever deletes the account, at whatever moment, deletes that too.
 * @param uses told of each customer before anything else is done with it
 * @returns undefined where somebody else wrote first
 */
export async function introduced(
  found: SubscriptionItem,
  act: Act,
  gateway: PaymentGateway,
  dependencies: Pick<PaymentDependencies, 'client' | 'subscriptions' | 'payments'>,
  uses: (customerId: string) => void,
): Promise<TiedSubscription | undefined> {
  const { subscriptionId, revision } = found;
  const key = `customer:${subscriptionId}`;
  const known = isTied(found) ? found : await tie(found, key, act, gateway, dependencies, uses);
  if (known === undefined) return undefined;
  uses(known.payment.customerId);
  if (await introduce(known, gateway)) return known;
  const another = await tie(known, `${key}:${revision}`, act, gateway, dependencies, uses);
  return another !== undefined && (await introduce(another, gateway)) ? another : undefined;
}

/** A new customer of whom Stripe knows the subscription's id alone, and the revision that has it. */
async function tie(
  found: SubscriptionItem,
  idempotencyKey: string,
  act: Act,
  gateway: PaymentGateway,
  { client, subscriptions, payments }: Pick<PaymentDependencies, 'client' | 'subscriptions' | 'payments'>,
  uses: (customerId: string) => void,
): Promise<TiedSubscription | undefined> {
  const { subscriptionId, payment } = found;
  const customerId = await gateway.createCustomer(subscriptionId, idempotencyKey);
  uses(customerId);
  const next = {
    ...found,
    // Of the customer before nothing goes on but what is owed.
    payment: { customerId, ...(payment?.reversal === undefined ? {} : { reversal: payment.reversal }) },
    revision: found.revision + 1,
    change: changeOf('tie-customer', act),
  };
  const timed: TiedSubscription = { ...withPaymentTimer(next), payment: next.payment };
  const outcome = await commit(client, [
    subscriptions.store.replacement(timed),
    payments.lock(customerId, subscriptionId),
  ]);
  return outcome.kind === 'written' ? timed : undefined;
}

function introduce({ payment, email, name }: TiedSubscription, gateway: PaymentGateway): Promise<boolean> {
  return gateway.updateCustomer(payment.customerId, { email, ...(name === undefined ? {} : { name }) });
}

function isTied(item: SubscriptionItem): item is TiedSubscription {
  return item.payment !== undefined;
}
