import type { Endpoint } from '../api/endpoint.ts';
import { retrieveEndpoint } from '../api/list.ts';
import { checkoutSessionEndpoints } from './checkout-sessions.ts';
import { customerEndpoints } from './customers.ts';
import { eventEndpoints } from './events.ts';
import { invoiceEndpoints } from './invoices.ts';
import { paymentEndpoints } from './payments.ts';
import { portalSessionEndpoints } from './portal-sessions.ts';
import { subscriptionEndpoints } from './subscriptions.ts';

/** What the stand-in has of Stripe's API. */
export const allEndpoints: readonly Endpoint[] = [
  ...customerEndpoints,
  ...checkoutSessionEndpoints,
  ...subscriptionEndpoints,
  ...invoiceEndpoints,
  ...paymentEndpoints,
  ...eventEndpoints,
  ...portalSessionEndpoints,
  retrieveEndpoint('/v1/products', 'product'),
  retrieveEndpoint('/v1/prices', 'price'),
];
