import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { normalizedEmail, type SubscriptionStore, withUndeliverable } from '../subscriptions/index.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import { adminAlert } from './rules/admin-alert.ts';
import type { MailEvent } from './rules/mail-event.ts';
import type { AccountMailTags } from './rules/mail-tags.ts';

export interface AccountMailEventDependencies {
  readonly client: DocumentClient;
  readonly subscriptions: Pick<SubscriptionStore, 'get' | 'replacement'>;
  readonly alerts: AdminAlerts;
}

/**
 * What became of a mail about an account: an address that bounced for good, or called it spam, takes no mail until it
 * changes. No item queues what admins are told of it, so they are told first: the same event again may tell them twice,
 * and a failure in between does not leave them in ignorance.
 */
export async function recordAccountMailEvent(
  event: MailEvent & { readonly tags: AccountMailTags },
  act: Act,
  { client, subscriptions, alerts }: AccountMailEventDependencies,
): Promise<void> {
  if (event.kind === 'delivered') return;
  const { subscriptionId, kind: mail } = event.tags;
  const isBounce = event.kind === 'bounced';
  const why = isBounce ? event.why : event.kind;
  const change = changeOf(isBounce ? 'mail-bounced' : 'complaint', act, why);
  const found = await subscriptions.get(subscriptionId);
  // Nobody has to act on an address that is not the owner's any more, or that takes no mail already.
  if (found?.email !== normalizedEmail(event.address) || found.undeliverable !== undefined) return;
  const isForNow = isBounce && !event.permanent;
  const kind = isForNow ? 'mail-bounced' : isBounce ? 'address-bounced' : 'complaint';
  await alerts.publish(adminAlert({ kind, facts: { mail, why, at: change.at } }, found));
  if (isForNow) return;
  const mark = { address: event.address, cause: isBounce ? 'bounce' : 'complaint' } as const;
  await retryContended(async () => {
    const fresh = await subscriptions.get(subscriptionId);
    const marked = fresh && withUndeliverable(fresh, mark, change);
    if (marked === undefined) return { done: true };
    const { kind: outcome } = await commit(client, [subscriptions.replacement(marked)]);
    return outcome === 'written' ? { done: true } : undefined;
  }, 'the address was not marked');
}
