import { ConflictError, ProblemError } from '../runtime/errors.ts';
import type { SubscriptionStore } from '../subscriptions/index.ts';
import { ownAccount } from '../subscriptions/index.ts';
import type { ChoiceDependencies } from './tier-choice.ts';

/**
 * Stripe's page where an owner changes the card, pays what is missing and cancels. What is done there comes back by events.
 * @param idempotencyKey of the owner's request: the same one gives the same page
 * @throws ConflictError for whoever has never begun to pay; ProblemError where Stripe is not set up
 */
export async function openPortal(
  { subscriptionId, idempotencyKey }: { subscriptionId: string; idempotencyKey?: string | undefined },
  {
    stripe,
    dashboardOrigin,
    subscriptions,
  }: Pick<ChoiceDependencies, 'stripe' | 'dashboardOrigin'> & {
    readonly subscriptions: { readonly store: Pick<SubscriptionStore, 'get'> };
  },
): Promise<{ url: string }> {
  const { payment, email, name } = await ownAccount(subscriptionId, subscriptions.store);
  const gateway = await stripe();
  if (gateway === undefined) throw new ProblemError('payment-unavailable');
  const customerId = payment?.customerId;
  const person = { email, ...(name === undefined ? {} : { name }) };
  const isThere = customerId !== undefined && (await gateway.updateCustomer(customerId, person));
  if (!isThere) throw new ConflictError('there are no payments yet: choose the tier pro first');
  const key = idempotencyKey === undefined ? undefined : `portal:${subscriptionId}:${idempotencyKey}`;
  return { url: await gateway.createPortal(customerId, `${dashboardOrigin}/plan`, key) };
}
