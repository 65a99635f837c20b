import type { AccountMailContext } from '../../functions/delivery/rules/account-news.ts';
import type { Actor } from '../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { tiers } from '../../lib/tiers.ts';
import { change, iso } from './rules-support.ts';

export { iso };

export const context: AccountMailContext = {
  limits: tiers,
  dashboardUrl: 'https://dashboard.aiweedcompany.com',
};

/** An account in tier free. */
export const basic: SubscriptionItem = {
  subscriptionId: 'sub_abcdefghijklmnopqrst',
  email: 'ada@example.com',
  name: 'Ada',
  tier: 'free',
  usageKeys: {},
  keyIds: [],
  createdAt: iso(-1000),
  revision: 7,
  change: change('create-subscription', -1000),
};

/** The next revision, made at noon. */
export function subscriptionAfter(
  before: SubscriptionItem,
  fields: Partial<SubscriptionItem>,
  action: string,
  actor: Actor = { kind: 'system', id: 'a test' },
  reason?: string,
): SubscriptionItem {
  return {
    ...before,
    ...fields,
    revision: before.revision + 1,
    change: { ...change(action), actor, ...(reason === undefined ? {} : { reason }) },
  };
}
