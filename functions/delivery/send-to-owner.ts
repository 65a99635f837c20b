import { isPast, type KeyItem, type Message } from '../keys/rules/index.ts';
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
  if (isOutdated(message, key, act.now)) return;
  const subscription = await subscriptions.get(key.subscriptionId);
  const isEncrypted = subscription?.openPgpKey !== undefined;
  const wanted =
    message.kind === 'reminder' ? await ifInUse(message, key, isEncrypted, act, dependencies) : message;
  if (wanted === undefined) return;
  if (subscription === undefined || subscription.undeliverable !== undefined) {
    const why = 'the address takes no mail';
    const facts = { ...message.facts, mail: message.kind, why };
    return alerts.publish(adminAlert({ kind: 'mail-failed', facts }, key));
  }
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

/** What was not sent for days (or not even due to be, without sweeps) may not be true any more. */
function isOutdated({ kind, facts }: Message, { noticedFor }: KeyItem, now: Date): boolean {
  if (kind === 'notice') return noticedFor !== facts['rotatesAt'];
  return kind === 'reminder' && isPast(facts['oldRetiresAt'] ?? '', now);
}

/** A reminder is for those who still use the old secret: used since the new one was made. Otherwise undefined. */
async function ifInUse(
  message: Message,
  { subscriptionId, keyId, secrets }: KeyItem,
  isEncrypted: boolean,
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
  const { version, linkNo, ...facts } = message.facts;
  // Whoever wants secrets encrypted is not sent a link in clear.
  const link = isEncrypted || version === undefined || linkNo === undefined ? {} : { version, linkNo };
  return { ...message, facts: { ...facts, ...link, lastUsedAt } };
}

/** The message's id makes its Message-ID, in the characters that a tag may have. */
function tagOf({ id }: Message): string {
  return id.replaceAll(/[^0-9A-Za-z]/g, '-');
}
