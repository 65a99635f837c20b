import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { invalid, missing } from '../api/error.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import {
  boolean,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  type Reader,
  range,
  text,
} from '../api/parameters.ts';
import { cancellation } from '../billing/cancel-at-period-end.ts';
import { creditUnusedTime } from '../billing/credit-unused-time.ts';
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

/** A date of its own is beyond the stand-in; that there is none can be said. */
const unset: Reader<null> = (value, name) => {
  if (value === '') return null;
  throw invalid(`The local stand-in of Stripe can only unset ${name}.`, { param: name });
};

const changes = { cancel_at: unset, cancel_at_period_end: boolean, metadata };

export const subscriptionEndpoints: readonly Endpoint[] = [
  retrieveEndpoint(path, 'subscription'),

  endpoint('POST', `${path}/:id`, changes, (input, account, id) => {
    const subscription = findSubscription(account, id);
    const cancel = input.cancel_at === null ? false : input.cancel_at_period_end;
    return account.change('customer.subscription.updated', subscription, {
      ...(cancel === undefined ? {} : cancellation(subscription, cancel, account.now())),
      metadata: mergeMetadata(subscription.metadata, input.metadata),
    });
  }),

  endpoint(
    'DELETE',
    `${path}/:id`,
    { cancellation_details: details, invoice_now: boolean, prorate: boolean },
    (input, account, id) => {
      const subscription = findSubscription(account, id);
      if (subscription.status === 'canceled') throw missing('subscription', id);
      const { invoice_now = false, prorate = false } = input;
      if (prorate && !invoice_now) {
        throw invalid('The local stand-in of Stripe keeps no pending items: prorate needs invoice_now.', {
          param: 'prorate',
        });
      }
      const settled = prorate ? creditUnusedTime(account, subscription) : subscription;
      return endSubscription(account, settled, 'cancellation_requested', input.cancellation_details);
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
