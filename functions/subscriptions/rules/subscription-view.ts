import type { SubscriptionItem } from './subscription-item.ts';

/** What `get-subscription` tells: everything but what must not leave the table. */
export type SubscriptionView = Omit<SubscriptionItem, 'salt' | 'payment'> & {
  readonly payment?: Omit<NonNullable<SubscriptionItem['payment']>, 'checkout'> & {
    readonly checkout?: { readonly id: string; readonly expiresAt: string };
  };
};

/**
 * Without the salt, which keeps readers of the record from finding an address by trying, and without the address of a page
 * on which whoever has it pays in the owner's name.
 */
export function subscriptionView({ salt: _salt, payment, ...item }: SubscriptionItem): SubscriptionView {
  if (payment === undefined) return item;
  const { checkout, ...told } = payment;
  const { id, expiresAt } = checkout ?? {};
  return {
    ...item,
    payment: {
      ...told,
      ...(id === undefined || expiresAt === undefined ? {} : { checkout: { id, expiresAt } }),
    },
  };
}
