import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { invalid } from '../api/error.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import { integer, mergeMetadata, metadata, oneOf, range, text } from '../api/parameters.ts';
import { findCharge, refundCharge } from '../billing/reversals.ts';

/** What belongs to one charge. */
const ofCharge = { charge: text(), created: range, payment_intent: text() };
function belongs(
  entry: { readonly charge: string | null; readonly created: number; readonly payment_intent: string | null },
  input: {
    readonly charge?: string;
    readonly created?: (time: number) => boolean;
    readonly payment_intent?: string;
  },
): boolean {
  const { charge, created = () => true, payment_intent } = input;
  return (
    created(entry.created) &&
    (charge === undefined || entry.charge === charge) &&
    (payment_intent === undefined || entry.payment_intent === payment_intent)
  );
}

export const paymentEndpoints: readonly Endpoint[] = [
  retrieveEndpoint('/v1/payment_intents', 'payment_intent', 'payment_intent'),

  retrieveEndpoint('/v1/charges', 'charge'),
  listEndpoint(
    '/v1/charges',
    'charge',
    { created: range, customer: text(), payment_intent: text() },
    (charge, { created = () => true, customer, payment_intent }) =>
      created(charge.created) &&
      (customer === undefined || charge.customer === customer) &&
      (payment_intent === undefined || charge.payment_intent === payment_intent),
  ),

  endpoint(
    'POST',
    '/v1/refunds',
    {
      amount: integer(1),
      charge: text(),
      metadata,
      payment_intent: text(),
      reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
    },
    ({ amount, charge: id, payment_intent, reason, metadata: wanted }, account) => {
      if (id === undefined && payment_intent === undefined) {
        throw invalid(
          'One of the following params should be provided for this request: payment_intent or charge.',
        );
      }
      const intent = payment_intent && account.store.get('payment_intent', payment_intent);
      const charge =
        id === undefined && intent
          ? findCharge(account, intent.latest_charge ?? '', 'payment_intent')
          : findCharge(account, id ?? payment_intent ?? '', id === undefined ? 'payment_intent' : 'charge');
      if (payment_intent !== undefined && charge.payment_intent !== payment_intent) {
        throw invalid(`The charge ${charge.id} does not belong to ${payment_intent}.`, { param: 'charge' });
      }
      return refundCharge(account, charge, {
        ...(amount === undefined ? {} : { amount }),
        ...(reason === undefined ? {} : { reason }),
        metadata: mergeMetadata({}, wanted),
      });
    },
  ),
  retrieveEndpoint('/v1/refunds', 'refund'),
  listEndpoint('/v1/refunds', 'refund', ofCharge, belongs),

  retrieveEndpoint('/v1/disputes', 'dispute'),
  listEndpoint('/v1/disputes', 'dispute', ofCharge, belongs),
];
