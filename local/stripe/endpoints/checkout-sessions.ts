import type { Account } from '../account.ts';
import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { invalid } from '../api/error.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import {
  currency,
  type Input,
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  required,
  text,
  url,
} from '../api/parameters.ts';
import { expireCheckout } from '../billing/checkout.ts';
import type { Checkout } from '../model.ts';
import { newPrice, newProduct } from '../objects/catalog.ts';
import { newCheckoutSession, newLineItem } from '../objects/checkout-session.ts';
import { findCustomer } from '../objects/customer.ts';

const path = '/v1/checkout/sessions';

const lineItem = object({
  price_data: required(
    object({
      currency: required(currency),
      product_data: required(object({ name: required(text(250)) })),
      recurring: required(
        object({ interval: required(oneOf('day', 'week', 'month', 'year')), interval_count: integer(1, 36) }),
      ),
      unit_amount: required(integer(0, 99_999_999)),
    }),
  ),
  quantity: required(integer(1, 999_999)),
});

const creation = {
  allowed_payment_method_types: list(oneOf('card')),
  cancel_url: url,
  client_reference_id: text(200),
  customer: required(text()),
  expires_at: integer(),
  line_items: required(list(lineItem, 20)),
  metadata,
  mode: required(oneOf('subscription')),
  subscription_data: object({ metadata }),
  success_url: required(url),
  ui_mode: oneOf('hosted_page'),
};

const shortestSeconds = 30 * 60;
const longestSeconds = 24 * 3600;
/** What Stripe charges at least, in US cents; here of every currency. */
const leastAmount = 50;

export const checkoutSessionEndpoints: readonly Endpoint[] = [
  endpoint('POST', path, creation, (input, account) => {
    const { store, now } = account;
    const customer = findCustomer(account, input.customer, 'customer');
    const expires_at = input.expires_at ?? now() + longestSeconds;
    checkExpiry(expires_at - now());
    const lineItems = makeLineItems(account, input.line_items);
    const session = newCheckoutSession(now(), account.url(), customer, lineItems, {
      allowed_payment_method_types: input.allowed_payment_method_types ?? null,
      cancel_url: input.cancel_url ?? null,
      client_reference_id: input.client_reference_id ?? null,
      expires_at,
      metadata: mergeMetadata({}, input.metadata),
      success_url: input.success_url,
    });
    if ((session.amount_total ?? 0) < leastAmount) {
      throw invalid("The Checkout Session's total amount must convert to at least 50 cents.", {
        code: 'amount_too_small',
      });
    }
    store.put({
      id: session.id,
      object: 'local.checkout',
      lineItems,
      subscriptionMetadata: mergeMetadata({}, input.subscription_data?.metadata),
    });
    return store.put(session);
  }),

  endpoint('POST', `${path}/:id/expire`, {}, (_input, account, id) => expireCheckout(account, id)),
  retrieveEndpoint(path, 'checkout.session', 'checkout.session'),
  listEndpoint(
    path,
    'checkout.session',
    {
      created: range,
      customer: text(),
      status: oneOf('open', 'complete', 'expired'),
      subscription: text(),
    },
    (session, { created = () => true, customer, status, subscription }) =>
      created(session.created) &&
      (customer === undefined || session.customer === customer) &&
      (status === undefined || session.status === status) &&
      (subscription === undefined || session.subscription === subscription),
  ),
];

function checkExpiry(seconds: number): void {
  const fault = (bound: string) =>
    invalid(`The \`expires_at\` timestamp must be ${bound} from Checkout Session creation.`, {
      param: 'expires_at',
    });
  if (seconds < shortestSeconds) throw fault('at least 30 minutes');
  if (seconds > longestSeconds) throw fault('less than 24 hours');
}

function makeLineItems(
  { store, now }: Account,
  wanted: Input<typeof creation>['line_items'],
): Checkout['lineItems'] {
  const made = wanted.map(({ price_data, quantity }) => {
    const { currency: code, product_data, recurring, unit_amount } = price_data;
    const product = store.put(newProduct(now(), product_data.name));
    const price = newPrice(now(), product.id, {
      currency: code,
      unit_amount,
      interval: recurring.interval,
      interval_count: recurring.interval_count ?? 1,
    });
    store.put(price);
    return newLineItem(price, product.name, quantity);
  });
  const terms = made.map(({ price }) =>
    [price.currency, price.recurring?.interval, price.recurring?.interval_count].join(' '),
  );
  if (new Set(terms).size === 1) return made;
  throw invalid('Checkout needs line items of one currency and one billing interval.', {
    param: 'line_items',
  });
}
