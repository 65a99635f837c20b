import type { Change } from '../../runtime/rules/change.ts';
import type { SubscriptionItem, TierRequest } from '../../subscriptions/rules/index.ts';

/** An owner's request for a tier that an admin approves. Invariant: at most one is open, and what was answered stays. */

/** Whether another request may be opened on the day (UTC) of `at`: each is told to admins, however soon it is withdrawn. */
export function mayRequest({ request }: Pick<SubscriptionItem, 'request'>, at: string): boolean {
  return request === undefined || request.requestedAt.slice(0, 10) !== at.slice(0, 10);
}

/** With an open request, where none is. */
export function requested(
  item: SubscriptionItem,
  note: string | undefined,
  change: Change,
): SubscriptionItem {
  const request: TierRequest = {
    tier: 'enterprise',
    status: 'open',
    requestedAt: change.at,
    ...(note === undefined ? {} : { note }),
  };
  return { ...chosen(item, change), request, openRequest: 'open' };
}

/**
 * The open request, with a newer note.
 * @param item with an open request
 * @returns undefined where nothing differs
 */
export function rephrased(
  item: SubscriptionItem & { readonly request: TierRequest },
  note: string | undefined,
  change: Change,
): SubscriptionItem | undefined {
  if (note === undefined || note === item.request.note) return undefined;
  return { ...item, request: { ...item.request, note }, revision: item.revision + 1, change };
}

/** With the open request answered or taken back. @param item with an open request */
export function answered(
  item: SubscriptionItem & { readonly request: TierRequest },
  answer: { readonly status: 'approved' | 'declined' | 'withdrawn'; readonly reason?: string | undefined },
  change: Change,
): SubscriptionItem {
  const { openRequest: _open, request, ...rest } = item;
  const { status, reason } = answer;
  return {
    ...rest,
    request: { ...request, status, answeredAt: change.at, ...(reason === undefined ? {} : { reason }) },
    revision: item.revision + 1,
    change,
  };
}

export function hasOpenRequest(
  item: SubscriptionItem,
): item is SubscriptionItem & { readonly request: TierRequest } {
  return item.request?.status === 'open';
}

/** The next revision of one whose owner has chosen a tier (R2): the first time is remembered. */
export function chosen(item: SubscriptionItem, change: Change): SubscriptionItem {
  const { tierChosenAt = change.at } = item;
  return { ...item, tierChosenAt, revision: item.revision + 1, change };
}
