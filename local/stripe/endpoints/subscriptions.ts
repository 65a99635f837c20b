import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { invalid, missing } from '../api/error.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import { boolean, mergeMetadata, metadata, object, oneOf, range, text } from '../api/parameters.ts';
import { cancellation } from '../billing/cancel-at-period-end.ts';
import { endSubscription } from '../billing/renewals.ts';
import { findSubscription } from '../objects/subscription.ts';

const path = '/v1/subscriptions';

const details = object({
  comment: text(),
  feedback: oneOf(
    'customer_service',
    'low_quality',
    'missing_features',
    'other',
    'switched_service',
    'too_complex',
    'too_expensive',
    'unused',
  ),
});

export const subscriptionEndpoints: readonly Endpoint[] = [
  retrieveEndpoint(path, 'subscription'),

  endpoint('POST', `${path}/:id`, { cancel_at_period_end: boolean, metadata }, (input, account, id) => {
    const subscription = findSubscription(account, id);
    const { cancel_at_period_end: cancel, metadata: changes } = input;
    return account.change('customer.subscription.updated', subscription, {
      ...(cancel === undefined ? {} : cancellation(subscription, cancel, account.now())),
      metadata: mergeMetadata(subscription.metadata, changes),
    });
  }),

  endpoint(
    'DELETE',
    `${path}/:id`,
    { cancellation_details: details, invoice_now: boolean, prorate: boolean },
    (input, account, id) => {
      const subscription = findSubscription(account, id);
      if (subscription.status === 'canceled') throw missing('subscription', id);
      for (const name of ['invoice_now', 'prorate'] as const) {
        if (input[name] === true) {
          throw invalid(`The local stand-in of Stripe has no prorations: ${name} can only be false.`, {
            param: name,
          });
        }
      }
      return endSubscription(account, subscription, 'cancellation_requested', input.cancellation_details);
    },
  ),

  listEndpoint(
    path,
    'subscription',
    {
      created: range,
      customer: text(),
      status: oneOf('active', 'all', 'canceled', 'ended', 'past_due', 'trialing', 'unpaid'),
    },
    (subscription, { created = () => true, customer, status }) =>
      created(subscription.created) &&
      (customer === undefined || subscription.customer === customer) &&
      hasStatus(subscription.status, status),
  ),
];

function hasStatus(actual: string, wanted: string | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'ended') return actual === 'canceled';
  return wanted === undefined ? actual !== 'canceled' : actual === wanted;
}
