import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { required, text, url } from '../api/parameters.ts';
import { findCustomer } from '../objects/customer.ts';
import { newPortalSession } from '../objects/portal-session.ts';

export const portalSessionEndpoints: readonly Endpoint[] = [
  endpoint(
    'POST',
    '/v1/billing_portal/sessions',
    { customer: required(text()), return_url: url },
    ({ customer, return_url = null }, account) => {
      findCustomer(account, customer, 'customer');
      return account.store.put(newPortalSession(account.now(), account.url(), { customer, return_url }));
    },
  ),
];
