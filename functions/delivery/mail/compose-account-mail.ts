import type { AccountMail } from '../rules/account-mail.ts';
import type { MailProduct } from '../rules/owner-mail.ts';
import { type ComposedMail, formMail } from './form-mail.ts';
import { type Letter, say } from './letter.ts';
import { accountDeletedLetter } from './templates/account-deleted.ts';
import { accountJoinedLetter } from './templates/account-joined.ts';
import { accountOpenedLetter } from './templates/account-opened.ts';
import { addressTroubleLetter } from './templates/address-trouble.ts';
import { cancellationNotedLetter, cancellationWithdrawnLetter } from './templates/cancellation.ts';
import { contactChangedLetter } from './templates/contact-changed.ts';
import { paymentFailedLetter, paymentReminderLetter } from './templates/payment-missing.ts';
import { paymentRecoveredLetter } from './templates/payment-recovered.ts';
import { paymentRestoredLetter } from './templates/payment-restored.ts';
import { paymentReversedLetter } from './templates/payment-reversed.ts';
import { requestApprovedLetter, requestDeclinedLetter } from './templates/request-answered.ts';
import { tierChangedLetter } from './templates/tier-changed.ts';
import { tierRequestedLetter } from './templates/tier-requested.ts';

/**
 * What an owner reads about the account, its tier or its payments; in clear, for no secret is ever in it. The same mail
 * gives the same bytes, whenever it is composed.
 *
 * Throws a `RangeError` for a time that is none, or a link that is neither https nor to this machine.
 */
export function composeAccountMail(mail: AccountMail, product: MailProduct): ComposedMail {
  const because =
    mail.kind === 'account-deleted'
      ? say`You get this mail, the last one, because you had an account for ${product.name}.`
      : say`You get this mail because you have a subscription to ${product.name}.`;
  return formMail(letterOf(mail, product), product, because);
}

function letterOf(mail: AccountMail, product: MailProduct): Letter {
  switch (mail.kind) {
    case 'account-opened':
      return accountOpenedLetter(mail, product);
    case 'account-joined':
      return accountJoinedLetter(mail, product);
    case 'account-deleted':
      return accountDeletedLetter(mail, product);
    case 'contact-changed':
      return contactChangedLetter(mail, product);
    case 'address-trouble':
      return addressTroubleLetter(mail, product);
    case 'tier-changed':
      return tierChangedLetter(mail, product);
    case 'tier-requested':
      return tierRequestedLetter(mail, product);
    case 'request-approved':
      return requestApprovedLetter(mail, product);
    case 'request-declined':
      return requestDeclinedLetter(mail, product);
    case 'payment-failed':
      return paymentFailedLetter(mail, product);
    case 'payment-reminder':
      return paymentReminderLetter(mail, product);
    case 'payment-recovered':
      return paymentRecoveredLetter(mail, product);
    case 'cancellation-noted':
      return cancellationNotedLetter(mail, product);
    case 'cancellation-withdrawn':
      return cancellationWithdrawnLetter(mail, product);
    case 'payment-reversed':
      return paymentReversedLetter(mail, product);
    case 'payment-restored':
      return paymentRestoredLetter(mail, product);
  }
}
