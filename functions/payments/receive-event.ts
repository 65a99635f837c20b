import { UnavailableError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import type { PaymentDependencies } from './dependencies.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import { reconcile } from './reconcile.ts';
import type { PaymentEvent } from './rules/payment-event.ts';

/** `known`: it has been dealt with before. `not-ours`: of a customer that no subscription has. */
export type Reception = 'done' | 'known' | 'not-ours';

/**
 * Deals with an event of Stripe's: it only says that there is something new, and Stripe is asked what. It is on record once
 * everything that followed from it is written; until then Stripe sends it again.
 * @throws UnavailableError where Stripe cannot be asked, or others wrote all the time
 */
export async function receiveEvent(
  event: PaymentEvent,
  act: Act,
  dependencies: PaymentDependencies,
): Promise<Reception> {
  const { payments, stripe } = dependencies;
  if (await payments.hasEvent(event.id)) return 'known';
  const gateway = await stripe();
  if (gateway === undefined) throw new UnavailableError("Stripe's API key is not set");
  const customerId = await customerOf(event, gateway);
  const lock = customerId === undefined ? undefined : await payments.customer(customerId);
  if (lock === undefined) return 'not-ours';
  const reconciliation = { subscriptionId: lock.lockedFor, eventId: event.id };
  await reconcile(reconciliation, act, { ...dependencies, gateway });
  return 'done';
}

async function customerOf({ about }: PaymentEvent, gateway: PaymentGateway): Promise<string | undefined> {
  return 'customerId' in about ? about.customerId : gateway.customerOfCharge(about.chargeId);
}
