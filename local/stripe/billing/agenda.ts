import type { Account } from '../account.ts';
import { periodEnd } from '../objects/subscription.ts';
import { expireCheckout } from './checkout.ts';
import { collect, renew } from './renewals.ts';

/** Something that comes about by itself. `at` in seconds. */
interface Due {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Makes up for everything that fell due up to `upTo` (seconds), in order, each at its own time: what one causes, such as
 * another renewal of the same subscription, is part of it.
 */
export function catchUpAgenda(account: Account, upTo: number): void {
  for (;;) {
    const next = nextDue(account);
    if (next === undefined || next.at > upTo) return;
    account.act(next.run, { at: next.at });
  }
}

/** What comes about next. */
export function nextDue(account: Account): Due | undefined {
  const { store } = account;
  const dues = [
    ...store
      .list('checkout.session')
      .map((session): Due | undefined =>
        session.status === 'open'
          ? { at: session.expires_at, run: () => void expireCheckout(account, session.id) }
          : undefined,
      ),
    ...store
      .list('invoice')
      .map((invoice): Due | undefined =>
        invoice.status === 'open' && invoice.next_payment_attempt !== null
          ? { at: invoice.next_payment_attempt, run: () => collect(account, invoice) }
          : undefined,
      ),
    ...store
      .list('subscription')
      .map((subscription): Due | undefined =>
        subscription.status === 'canceled'
          ? undefined
          : { at: periodEnd(subscription), run: () => renew(account, subscription) },
      ),
  ];
  return dues.reduce(
    (first, due) => (due && (first === undefined || due.at < first.at) ? due : first),
    undefined,
  );
}
