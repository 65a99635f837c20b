import type { SubscriptionItem, SubscriptionStore } from '../subscriptions/index.ts';
import { hasOpenRequest } from './rules/tier-request.ts';
import type { RequestStore } from './stores/request-store.ts';

export interface ListedRequest {
  readonly subscriptionId: string;
  readonly email: string;
  readonly name?: string;
  /** That the subscription has. */
  readonly tier: string;
  /** That was asked for. */
  readonly requestedTier: string;
  readonly note?: string;
  readonly requestedAt: string;
}

/** The requests that wait for an answer, in the order of the subscriptions' ids. */
export async function listRequests(
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  {
    requests,
    subscriptions,
  }: { readonly requests: RequestStore; readonly subscriptions: Pick<SubscriptionStore, 'get'> },
): Promise<{ requests: ListedRequest[]; next?: string }> {
  const page = await requests.open(limit, after);
  const found = await Promise.all(page.subscriptionIds.map((id) => subscriptions.get(id)));
  const last = page.subscriptionIds.at(-1);
  return {
    // The index may be a moment behind.
    requests: found.flatMap((item) => (item === undefined ? [] : listed(item))),
    ...(page.more && last !== undefined ? { next: last } : {}),
  };
}

function listed(item: SubscriptionItem): ListedRequest[] {
  if (!hasOpenRequest(item)) return [];
  const { subscriptionId, email, name, tier, request } = item;
  return [
    {
      subscriptionId,
      email,
      ...(name === undefined ? {} : { name }),
      tier,
      requestedTier: request.tier,
      ...(request.note === undefined ? {} : { note: request.note }),
      requestedAt: request.requestedAt,
    },
  ];
}
