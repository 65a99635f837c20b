import { type Endpoint, endpoint } from '../api/endpoint.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import { mergeMetadata, metadata, range, text, unsettable } from '../api/parameters.ts';
import { endSubscription } from '../billing/renewals.ts';
import type { DeletedCustomer } from '../model.ts';
import { findCustomer, newCustomer } from '../objects/customer.ts';

const fields = {
  description: unsettable(),
  email: unsettable(512),
  metadata,
  name: unsettable(256),
  phone: unsettable(20),
};

export const customerEndpoints: readonly Endpoint[] = [
  endpoint('POST', '/v1/customers', fields, ({ metadata: wanted, ...input }, { store, now, emit }) => {
    const { description = null, email = null, name = null, phone = null } = input;
    const customer = newCustomer(now(), {
      description,
      email,
      metadata: mergeMetadata({}, wanted),
      name,
      phone,
    });
    emit('customer.created', store.put(customer));
    return customer;
  }),

  endpoint('POST', '/v1/customers/:id', fields, ({ metadata: changes, ...input }, account, id) => {
    const customer = findCustomer(account, id);
    return account.change('customer.updated', customer, {
      ...input,
      metadata: mergeMetadata(customer.metadata, changes),
    });
  }),

  endpoint('DELETE', '/v1/customers/:id', {}, (_input, account, id) => {
    const customer = findCustomer(account, id);
    for (const subscription of account.store.list('subscription')) {
      if (subscription.customer === id && subscription.status !== 'canceled') {
        endSubscription(account, subscription, 'cancellation_requested');
      }
    }
    const deleted: DeletedCustomer = { id, object: 'customer', deleted: true };
    account.store.put(deleted);
    account.emit('customer.deleted', customer);
    return deleted;
  }),

  retrieveEndpoint('/v1/customers', 'customer'),
  listEndpoint(
    '/v1/customers',
    'customer',
    { email: text(), created: range },
    (customer, { email = undefined, created = () => true }) =>
      customer.deleted !== true &&
      (email === undefined || customer.email === email) &&
      created(customer.created),
  ),
];
