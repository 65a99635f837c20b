import type { Account } from '../account.ts';
import { invalid, missing } from '../api/error.ts';
import type { Charge, Dispute, Refund } from '../model.ts';
import { newDispute } from '../objects/dispute.ts';
import { newRefund } from '../objects/refund.ts';

/** Gives back a charge, or a part of it in the currency's smallest unit. @throws ApiError where that cannot be */
export function refundCharge(
  account: Account,
  charge: Charge,
  { amount, reason = null, metadata = {} }: Partial<Pick<Refund, 'amount' | 'reason' | 'metadata'>>,
): Refund {
  const { store, now, emit, change } = account;
  const left = charge.amount_captured - charge.amount_refunded;
  const wanted = amount ?? left;
  if (charge.disputed) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  if (!charge.paid) throw invalid(`Charge ${charge.id} has not been paid; there is nothing to refund.`);
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (wanted > left) {
    throw invalid(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    });
  }
  const refund = store.put(newRefund(now(), charge, { amount: wanted, reason, metadata }));
  emit('refund.created', refund);
  change('charge.refunded', charge, {
    amount_refunded: charge.amount_refunded + wanted,
    refunded: wanted === left,
  });
  return refund;
}

/** The cardholder's bank takes the money back for now. @throws ApiError */
export function openDispute(account: Account, id: string): Dispute {
  const { store, now, emit } = account;
  const charge = findCharge(account, id);
  if (!charge.paid || charge.disputed) {
    throw invalid(`Charge ${id} ${charge.paid ? 'is disputed already' : 'was not paid'}.`);
  }
  store.put({ ...charge, disputed: true });
  const dispute = store.put(newDispute(now(), charge));
  emit('charge.dispute.created', dispute);
  emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** The bank decides. @throws ApiError where it has decided before */
export function closeDispute(account: Account, id: string, status: 'won' | 'lost'): Dispute {
  const { store, emit } = account;
  const dispute = store.get('dispute', id);
  if (dispute === undefined) throw missing('dispute', id);
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw invalid(`Dispute ${id} is closed: ${dispute.status}.`);
  }
  const reviewed = account.change('charge.dispute.updated', dispute, { status: 'under_review' });
  const closed = store.put({ ...reviewed, status });
  emit('charge.dispute.closed', closed);
  if (status === 'won') emit('charge.dispute.funds_reinstated', closed);
  return closed;
}

/** @throws ApiError */
export function findCharge({ store }: Account, id: string, param?: string): Charge {
  const found = store.get('charge', id);
  if (found === undefined) throw missing('charge', id, param);
  return found;
}
