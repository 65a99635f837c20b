import { changed, type Handover, handoverFailed, handoverSent, type KeyItem } from '../keys/rules/index.ts';
import { metricNames } from '../runtime/metric-names.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import { changeKey } from './change-key.ts';
import type { DeliveryDependencies } from './dependencies.ts';
import { describeSending } from './describe-sending.ts';
import { composeMail } from './mail/compose-mail.ts';
import { OpenPgpKeyError } from './mail/openpgp-key.ts';
import { mailContext } from './mail-context.ts';
import type { MailTags } from './rules/mail-tags.ts';
import type { MailedSecret } from './rules/owner-mail.ts';
import { handoverMail } from './rules/owner-mail-of.ts';

type Pending = Handover & { readonly ciphertext: string };

/**
 * Mails a new secret to its owner: encrypted to the OpenPGP key on file, or as a link that shows it once. A try that
 * fails is left to the sweep, which queues the next one; nothing is sent where the link was used, replaced or sent by now.
 */
export async function sendHandover(
  revision: KeyItem,
  act: Act,
  dependencies: DeliveryDependencies,
): Promise<void> {
  const key = await dependencies.keys.get(revision.keyId);
  const handover = pending(key, revision);
  if (key === undefined || handover === undefined) return;
  const subscription = await dependencies.subscriptions.get(key.subscriptionId);
  const trouble = whyNot(subscription);
  if (subscription === undefined || trouble !== undefined) {
    return giveUp(key.keyId, handover, trouble ?? '', act, dependencies);
  }
  const channel = subscription.openPgpKey === undefined ? 'link' : 'pgp';
  let messageId: string;
  try {
    messageId = await send(key, handover, subscription, dependencies);
  } catch (error) {
    const { keyId } = key;
    logger.error('not sent', {
      keyId,
      kind: 'handover',
      version: handover.version,
      ...describeSending(error),
    });
    // No later try can do better: somebody must put another key on file, or take it away.
    if (error instanceof OpenPgpKeyError) {
      return giveUp(keyId, handover, `the OpenPGP key on file: ${error.message}`, act, dependencies);
    }
    count(metricNames.mailsDeferred);
    return;
  }
  count(metricNames.mailsSent, { kind: 'handover' });
  logger.info('sent', { keyId: key.keyId, kind: 'handover', version: handover.version, channel, messageId });
  await changeKey(
    key.keyId,
    (fresh) =>
      // An event of this very mail may have been faster.
      fresh.handover === undefined ||
      !isSame(fresh.handover, handover) ||
      fresh.handover.delivery?.bounced === messageId
        ? undefined
        : changed(
            fresh,
            { handover: handoverSent(fresh.handover, { channel, messageId }, changeOf('send-key', act)) },
            changeOf('send-key', act),
            dependencies.policy,
          ),
    dependencies,
  );
}

/** The handover that the revision queued, if it still waits for this very try. */
function pending(key: KeyItem | undefined, revision: KeyItem): Pending | undefined {
  const { handover } = key ?? {};
  const { ciphertext, openedAt, delivery } = handover ?? {};
  if (handover === undefined || ciphertext === undefined || openedAt !== undefined) return undefined;
  if (delivery?.queuedIn !== revision.handover?.delivery?.queuedIn || delivery?.sentAt !== undefined) {
    return undefined;
  }
  return { ...handover, ciphertext };
}

function isSame(fresh: Handover, sent: Handover): boolean {
  return (
    fresh.version === sent.version &&
    fresh.linkNo === sent.linkNo &&
    fresh.delivery?.queuedIn === sent.delivery?.queuedIn &&
    fresh.delivery?.sentAt === undefined
  );
}

function whyNot(subscription: SubscriptionItem | undefined): string | undefined {
  if (subscription === undefined) return 'the subscription is gone';
  if (subscription.undeliverable === undefined) return undefined;
  return subscription.undeliverable.cause === 'bounce'
    ? 'mails to the address came back'
    : 'the owner called a mail spam';
}

async function giveUp(
  keyId: string,
  handover: Handover,
  trouble: string,
  act: Act,
  dependencies: DeliveryDependencies,
): Promise<void> {
  const change = changeOf('fail-delivery', act, trouble);
  await changeKey(
    keyId,
    (fresh) =>
      fresh.handover === undefined || !isSame(fresh.handover, handover)
        ? undefined
        : changed(
            fresh,
            { handover: handoverFailed(fresh.handover, trouble, change) },
            change,
            dependencies.policy,
          ),
    dependencies,
  );
}

async function send(
  key: KeyItem,
  handover: Pending,
  subscription: SubscriptionItem,
  dependencies: DeliveryDependencies,
): Promise<string> {
  const { handovers, mailer, product } = dependencies;
  const { keyId } = key;
  const { version, linkNo, delivery, origin } = handover;
  const context = await mailContext(key, subscription, dependencies);
  const armored = subscription.openPgpKey?.armored;
  const secret: MailedSecret =
    armored === undefined
      ? { by: 'link', url: context.linkOf({ keyId, version, linkNo }), expiresAt: handover.expiresAt }
      : { by: 'pgp', apiKey: await handovers.open(handover.ciphertext, { keyId, version }) };
  const tags: MailTags = {
    keyId,
    kind: 'handover',
    version: String(version),
    linkNo: String(linkNo),
    channel: armored === undefined ? 'link' : 'pgp',
    attempt: String(delivery?.attempts ?? 1),
  };
  return mailer.send({
    to: subscription.email,
    mail: composeMail(handoverMail(key, handover, secret, context), product),
    ...(armored === undefined ? {} : { openPgpKey: armored }),
    tags,
    date: new Date(origin?.at ?? key.createdAt),
  });
}
