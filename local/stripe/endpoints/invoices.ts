import type { Endpoint } from '../api/endpoint.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import { object, oneOf, range, required, text } from '../api/parameters.ts';
import { subscriptionOf } from '../objects/invoice.ts';

export const invoiceEndpoints: readonly Endpoint[] = [
  retrieveEndpoint('/v1/invoices', 'invoice'),
  listEndpoint(
    '/v1/invoices',
    'invoice',
    {
      created: range,
      customer: text(),
      status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
      subscription: text(),
    },
    (invoice, { created = () => true, customer, status, subscription }) =>
      created(invoice.created) &&
      (customer === undefined || invoice.customer === customer) &&
      (status === undefined || invoice.status === status) &&
      (subscription === undefined || subscriptionOf(invoice) === subscription),
  ),

  retrieveEndpoint('/v1/invoice_payments', 'invoice_payment'),
  listEndpoint(
    '/v1/invoice_payments',
    'invoice_payment',
    {
      created: range,
      invoice: text(),
      payment: object({ payment_intent: text(), type: required(oneOf('payment_intent')) }),
      status: oneOf('canceled', 'open', 'paid'),
    },
    (entry, { created = () => true, invoice, payment, status }) =>
      created(entry.created) &&
      (invoice === undefined || entry.invoice === invoice) &&
      (status === undefined || entry.status === status) &&
      (payment?.payment_intent === undefined || entry.payment.payment_intent === payment.payment_intent),
  ),
];
