import type { KeyItem, Message } from '../keys/rules/index.ts';
import { metricNames } from '../runtime/metric-names.ts';
import type { Act } from '../runtime/rules/change.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { DeliveryDependencies } from './dependencies.ts';
import { composeMail } from './mail/compose-mail.ts';
import { mailContext } from './mail-context.ts';
import { adminAlert } from './rules/admin-alert.ts';
import { messageMail } from './rules/owner-mail-of.ts';

/**
 * Sends a mail that holds no secret. Where the address takes none, the admins are told instead: nobody is left alone in
 * silence.
 * @throws whatever the mailer throws
 */
export async function sendToOwner(
  message: Message,
  key: KeyItem,
  act: Act,
  dependencies: DeliveryDependencies,
): Promise<void> {
  const { subscriptions, mailer, product, alerts } = dependencies;
  const { keyId } = key;
  const subscription = await subscriptions.get(key.subscriptionId);
  if (subscription === undefined || subscription.undeliverable !== undefined) {
    const why = 'the address takes no mail';
    const facts = { ...message.facts, mail: message.kind, why };
    return alerts.publish(adminAlert({ ...message, to: 'admins', kind: 'mail-failed', facts }, key));
  }
  const wanted = message.kind === 'reminder' ? await ifInUse(message, key, act, dependencies) : message;
  if (wanted === undefined) return;
  const context = await mailContext(key, subscription, dependencies);
  const messageId = await mailer.send({
    to: subscription.email,
    mail: composeMail(messageMail(wanted, key, context), product),
    tags: { keyId, kind: message.kind, message: tagOf(message) },
    date: new Date(message.facts['at'] ?? key.change.at),
  });
  count(metricNames.mailsSent, { kind: message.kind });
  logger.info('sent', { keyId, kind: message.kind, messageId });
}

/** A reminder is for those who still use the old secret: used since the new one was made. */
async function ifInUse(
  message: Message,
  { subscriptionId, keyId, secrets }: KeyItem,
  act: Act,
  { usage }: DeliveryDependencies,
): Promise<Message | undefined> {
  const { oldVersion } = message.facts;
  if (oldVersion === undefined) return undefined;
  const lastUsedAt = await usage.lastUse({ subscriptionId, keyId, version: oldVersion }, act.now);
  const newest =
    secrets
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .at(-1) ?? '';
  if (lastUsedAt === undefined || lastUsedAt < newest) return undefined;
  return { ...message, facts: { ...message.facts, lastUsedAt } };
}

/** The message's id makes its Message-ID, in the characters that a tag may have. */
function tagOf({ id }: Message): string {
  return id.replaceAll(/[^0-9A-Za-z]/g, '-');
}
