import { metricNames } from '../runtime/metric-names.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import { describeSending } from './describe-sending.ts';
import type { Mailer } from './gateways/mailer.ts';
import type { ComposedMail } from './mail/form-mail.ts';
import { isRefusedForGood } from './rules/refused-mail.ts';

/** A mail to an account's owner, which holds no secret. */
export interface AccountLetter {
  readonly subscriptionId: string;
  readonly kind: string;
  /** Which one of that kind: the same for every try. In the characters that a tag of SES may have. */
  readonly message: string;
  /** ISO 8601: of the change that it tells of. */
  readonly at: string;
  readonly to: Recipient;
  /** Called only where there is somebody to write to. */
  readonly compose: () => ComposedMail;
}

export type Recipient = { readonly address: string } | 'nobody' | 'takes no mail';

export interface AccountLetterDependencies {
  readonly mailer: Mailer;
  /** The address that mails come from. */
  readonly sender: string;
}

export const unwritable = 'it cannot be written';

/** Where the owner of an account is reached by now. */
export function recipientOf(subscription: SubscriptionItem | undefined): Recipient {
  // Of an account that is gone nothing is left to tell but that.
  if (subscription === undefined || subscription.deletedAt !== undefined) return 'nobody';
  return subscription.undeliverable === undefined ? { address: subscription.email } : 'takes no mail';
}

/**
 * Sends a letter, or says why it never can be, which is for the admins to hear: nobody is left alone in silence.
 * @returns why it was given up; undefined where nothing is left to do
 * @throws what stands in the way of every mail: the change has to come again
 */
export async function sendAccountLetter(
  { to, compose, ...letter }: AccountLetter,
  dependencies: AccountLetterDependencies,
): Promise<string | undefined> {
  if (to === 'nobody') return undefined;
  if (to === 'takes no mail') return 'the address takes no mail';
  const mail = composed(compose, letter);
  if (mail === undefined) {
    count(metricNames.mailsFailed);
    return unwritable;
  }
  return send({ ...letter, to: to.address, mail }, dependencies);
}

type AboutLetter = Omit<AccountLetter, 'to' | 'compose'>;

async function send(
  { to, mail, at, ...tags }: AboutLetter & { readonly to: string; readonly mail: ComposedMail },
  { mailer, sender }: AccountLetterDependencies,
): Promise<string | undefined> {
  let messageId: string;
  try {
    messageId = await mailer.send({ to, mail, tags, date: new Date(at) });
  } catch (error) {
    logger.error('not sent', { ...logged(tags), ...describeSending(error) });
    if (isRefusedForGood(error, sender)) {
      count(metricNames.mailsFailed);
      return 'it was refused for good';
    }
    count(metricNames.mailsDeferred);
    throw error;
  }
  count(metricNames.mailsSent, { kind: tags.kind });
  logger.info('sent', { ...logged(tags), messageId });
  return undefined;
}

function composed(compose: () => ComposedMail, about: AboutLetter): ComposedMail | undefined {
  try {
    return compose();
  } catch (error) {
    logger.error('a mail cannot be written', { ...logged(about), ...describeSending(error) });
    return undefined;
  }
}

/** `message` is what a log line says. */
function logged({ subscriptionId, kind, message }: Omit<AboutLetter, 'at'>) {
  return { subscriptionId, kind, letter: message };
}
