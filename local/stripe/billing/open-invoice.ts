import type { Account } from '../account.ts';
import type { Invoice } from '../model.ts';
import { findCustomer } from '../objects/customer.ts';

/** Keeps a new invoice; with its customer it is counted, and the credit that it uses or brings is booked. */
export function openInvoice(account: Account, invoice: Invoice): void {
  const { store, emit, change } = account;
  const customer = findCustomer(account, String(invoice.customer));
  const counted = store.put({
    ...customer,
    currency: invoice.currency,
    next_invoice_sequence: (customer.next_invoice_sequence ?? 1) + 1,
  });
  change('customer.updated', counted, { balance: invoice.ending_balance ?? 0 });
  store.put(invoice);
  // It is a draft for a moment only.
  emit('invoice.created', { ...invoice, status: 'draft', number: null });
  emit('invoice.finalized', invoice);
}
