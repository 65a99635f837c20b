import { metricNames } from '../runtime/metric-names.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { SubscriptionItem, SubscriptionStore } from '../subscriptions/index.ts';
import {
  type AccountLetterDependencies,
  recipientOf,
  sendAccountLetter,
  unwritable,
} from './account-letter.ts';
import { describeSending } from './describe-sending.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import { composeAccountMail } from './mail/compose-account-mail.ts';
import type { AccountMail } from './rules/account-mail.ts';
import { type AccountMailContext, type AccountNews, accountNews } from './rules/account-news.ts';
import { type AlertCause, adminAlert } from './rules/admin-alert.ts';
import type { MailProduct } from './rules/owner-mail.ts';
import { sendsOnce } from './sends-once.ts';

/** A change of a subscription: the item before, where there was one, and after. */
export interface SubscriptionChange {
  readonly before?: SubscriptionItem;
  readonly after: SubscriptionItem;
}

export interface AccountMailDependencies extends AccountMailContext, AccountLetterDependencies {
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly alerts: AdminAlerts;
  readonly product: MailProduct;
}

const sentLately = sendsOnce();

/**
 * Tells the owner of a subscription what a change of it means, and the admins what they have to act on. A mail that can
 * never be sent is told to the admins instead, and holds up no other.
 * @throws what stands in the way of every mail: the change has to come again
 */
export async function mailAccount(
  change: SubscriptionChange,
  dependencies: AccountMailDependencies,
): Promise<void> {
  const { after } = change;
  const news = newsOf(change, dependencies);
  if (news === undefined) {
    const facts = { mail: after.change.action, why: unwritable };
    return once(after, 'mail', async () => {
      count(metricNames.mailsFailed);
      await publish({ kind: 'mail-failed', facts }, after, dependencies);
    });
  }
  const { mail, to, alert } = news;
  if (alert !== undefined) await once(after, 'alert', () => publish(alert, after, dependencies));
  if (mail !== undefined) await once(after, 'mail', () => send(mail, to, after, dependencies));
}

/** Undefined for an item that no function of ours can have written: it would fail in the same way for ever. */
function newsOf({ before, after }: SubscriptionChange, context: AccountMailContext): AccountNews | undefined {
  try {
    return accountNews(before, after, context);
  } catch (error) {
    const { subscriptionId, revision } = after;
    logger.error('a change cannot be told', { subscriptionId, revision, ...describeSending(error) });
    return undefined;
  }
}

async function once(
  { subscriptionId, revision }: SubscriptionItem,
  what: 'alert' | 'mail',
  act: () => Promise<void>,
): Promise<void> {
  const message = `${subscriptionId} ${revision} ${what}`;
  if (sentLately.has(message)) return;
  await act();
  sentLately.remember(message);
}

/**
 * What is told is the state of the revision, but it goes where the owner is reached by now: a change may have waited for
 * hours, and a former address may be a stranger's.
 */
async function send(
  mail: AccountMail,
  formerAddress: string | undefined,
  after: SubscriptionItem,
  dependencies: AccountMailDependencies,
): Promise<void> {
  const { subscriptionId, revision, change } = after;
  const { kind } = mail;
  const { subscriptions, product } = dependencies;
  const why = await sendAccountLetter(
    {
      subscriptionId,
      kind,
      message: String(revision),
      at: change.at,
      to:
        formerAddress === undefined
          ? recipientOf(await subscriptions.get(subscriptionId))
          : { address: formerAddress },
      compose: () => composeAccountMail(mail, product),
    },
    dependencies,
  );
  if (why !== undefined)
    await publish({ kind: 'mail-failed', facts: { mail: kind, why } }, after, dependencies);
}

function publish(
  cause: AlertCause,
  after: SubscriptionItem,
  { alerts }: AccountMailDependencies,
): Promise<void> {
  return alerts.publish(adminAlert(cause, after));
}
