import type { Account } from '../account.ts';
import { missing } from '../api/error.ts';
import { newId, randomText } from '../ids.ts';
import type { Customer } from '../model.ts';

export function newCustomer(
  created: number,
  fields: Pick<Customer, 'email' | 'description' | 'metadata'> & {
    name: string | null;
    phone: string | null;
  },
): Customer {
  return {
    id: newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    discount: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    next_invoice_sequence: 1,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...fields,
  };
}

/** A customer that was not deleted. @param param the parameter that names it; absent: the path @throws ApiError */
export function findCustomer({ store }: Account, id: string, param?: string): Customer {
  const found = store.get('customer', id);
  if (found === undefined || found.deleted === true) throw missing('customer', id, param);
  return found;
}
