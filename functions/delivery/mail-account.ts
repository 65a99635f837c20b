import { metricNames } from '../runtime/metric-names.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { SubscriptionItem, SubscriptionStore } from '../subscriptions/index.ts';
import { describeSending } from './describe-sending.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import type { Mailer } from './gateways/mailer.ts';
import { composeAccountMail } from './mail/compose-account-mail.ts';
import type { ComposedMail } from './mail/form-mail.ts';
import type { AccountMail } from './rules/account-mail.ts';
import { type AccountMailContext, type AccountNews, accountNews } from './rules/account-news.ts';
import { type AlertCause, adminAlert } from './rules/admin-alert.ts';
import type { MailProduct } from './rules/owner-mail.ts';
import { isRefusedForGood } from './rules/refused-mail.ts';
import { sendsOnce } from './sends-once.ts';

/** A change of a subscription: the item before, where there was one, and after. */
export interface SubscriptionChange {
  readonly before?: SubscriptionItem;
  readonly after: SubscriptionItem;
}

export interface AccountMailDependencies extends AccountMailContext {
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly mailer: Mailer;
  readonly alerts: AdminAlerts;
  readonly product: MailProduct;
  /** The address that mails come from. */
  readonly sender: string;
}

const sentLately = sendsOnce();
const unwritable = 'it cannot be written';

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
    return once(after, 'mail', () => unsent(after, after.change.action, unwritable, dependencies));
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

async function send(
  mail: AccountMail,
  formerAddress: string | undefined,
  after: SubscriptionItem,
  dependencies: AccountMailDependencies,
): Promise<void> {
  const { subscriptionId, revision, change } = after;
  const { kind } = mail;
  const recipient = await recipientOf(formerAddress, after, dependencies);
  if (recipient === 'nobody') return;
  if (recipient === 'takes no mail') {
    const facts = { mail: kind, why: 'the address takes no mail' };
    return publish({ kind: 'mail-failed', facts }, after, dependencies);
  }
  const composed = composedMail(mail, after, dependencies);
  if (composed === undefined) return unsent(after, kind, unwritable, dependencies);
  let messageId: string;
  try {
    messageId = await dependencies.mailer.send({
      to: recipient.address,
      mail: composed,
      tags: { subscriptionId, kind, message: String(revision) },
      date: new Date(change.at),
    });
  } catch (error) {
    logger.error('not sent', { subscriptionId, revision, kind, ...describeSending(error) });
    if (isRefusedForGood(error, dependencies.sender)) {
      return unsent(after, kind, 'it was refused for good', dependencies);
    }
    count(metricNames.mailsDeferred);
    throw error;
  }
  count(metricNames.mailsSent, { kind });
  logger.info('sent', { subscriptionId, revision, kind, messageId });
}

/**
 * What is told is the state of the revision, but it goes where the owner is reached by now: a change may have waited for
 * hours, and a former address may be a stranger's.
 */
async function recipientOf(
  formerAddress: string | undefined,
  { subscriptionId }: SubscriptionItem,
  { subscriptions }: AccountMailDependencies,
): Promise<{ readonly address: string } | 'nobody' | 'takes no mail'> {
  if (formerAddress !== undefined) return { address: formerAddress };
  const subscription = await subscriptions.get(subscriptionId);
  // Of an account that is gone nothing is left to tell but that.
  if (subscription === undefined || subscription.deletedAt !== undefined) return 'nobody';
  return subscription.undeliverable === undefined ? { address: subscription.email } : 'takes no mail';
}

function composedMail(
  mail: AccountMail,
  { subscriptionId, revision }: SubscriptionItem,
  { product }: AccountMailDependencies,
): ComposedMail | undefined {
  try {
    return composeAccountMail(mail, product);
  } catch (error) {
    logger.error('a mail cannot be written', { subscriptionId, revision, ...describeSending(error) });
    return undefined;
  }
}

/** Nobody is left alone in silence. */
async function unsent(
  after: SubscriptionItem,
  mail: string,
  why: string,
  dependencies: AccountMailDependencies,
): Promise<void> {
  count(metricNames.mailsFailed);
  await publish({ kind: 'mail-failed', facts: { mail, why } }, after, dependencies);
}

function publish(
  cause: AlertCause,
  after: SubscriptionItem,
  { alerts }: AccountMailDependencies,
): Promise<void> {
  return alerts.publish(adminAlert(cause, after));
}
