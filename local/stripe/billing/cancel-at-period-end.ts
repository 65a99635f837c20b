import type { Account } from '../account.ts';
import { invalid } from '../api/error.ts';
import type { Subscription } from '../model.ts';
import { periodEnd } from '../objects/subscription.ts';

/** Lets a subscription end with its period, or go on after all. @throws ApiError where it has ended */
export function setCancelAtPeriodEnd(
  account: Account,
  subscription: Subscription,
  cancel: boolean,
): Subscription {
  const changes = cancellation(subscription, cancel, account.now());
  return account.change('customer.subscription.updated', subscription, changes);
}

/** What changes in a subscription that is to end with its period, or to go on after all. @throws ApiError */
export function cancellation(
  subscription: Subscription,
  cancel_at_period_end: boolean,
  now: number,
): Partial<Subscription> {
  if (subscription.status === 'canceled') {
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.', {
      code: 'invalid_canceled_subscription_fields',
    });
  }
  if (cancel_at_period_end === subscription.cancel_at_period_end) return {};
  const { comment = null, feedback = null } = subscription.cancellation_details ?? {};
  const reason = cancel_at_period_end ? 'cancellation_requested' : null;
  return {
    cancel_at: cancel_at_period_end ? periodEnd(subscription) : null,
    cancel_at_period_end,
    canceled_at: cancel_at_period_end ? now : null,
    cancellation_details: { comment, feedback, feedback_option: null, reason },
  };
}
