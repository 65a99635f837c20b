import type { Account } from '../account.ts';
import type { Subscription } from '../model.ts';
import { periodEnd } from '../objects/subscription.ts';

/** Lets a subscription end with its period, or go on after all. @returns the subscription as it is then */
export function setCancelAtPeriodEnd(
  account: Account,
  subscription: Subscription,
  cancel_at_period_end: boolean,
  others: Partial<Subscription> = {},
): Subscription {
  const { cancellation_details: former } = subscription;
  const details = {
    comment: former?.comment ?? null,
    feedback: former?.feedback ?? null,
    feedback_option: null,
    reason: cancel_at_period_end ? ('cancellation_requested' as const) : null,
  };
  const changes =
    cancel_at_period_end === subscription.cancel_at_period_end
      ? {}
      : {
          cancel_at: cancel_at_period_end ? periodEnd(subscription) : null,
          cancel_at_period_end,
          canceled_at: cancel_at_period_end ? account.now() : null,
          cancellation_details: details,
        };
  return account.change('customer.subscription.updated', subscription, { ...changes, ...others });
}
