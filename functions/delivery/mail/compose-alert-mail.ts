import type { AlertMail } from '../rules/alert-mail.ts';
import type { MailProduct } from '../rules/owner-mail.ts';
import { type ComposedMail, formMail } from './form-mail.ts';
import { say } from './letter.ts';
import { alertOverLetter } from './templates/alert-over.ts';
import { alertRaisedLetter } from './templates/alert-raised.ts';

/**
 * What an owner reads of something unusual; in clear, for no secret is ever in it. The same mail gives the same bytes,
 * whenever it is composed.
 *
 * Throws a `RangeError` for a time that is none, or a link that is neither https nor to this machine.
 */
export function composeAlertMail(mail: AlertMail, product: MailProduct): ComposedMail {
  const letter =
    mail.kind === 'alert-over' ? alertOverLetter(mail, product) : alertRaisedLetter(mail, product);
  return formMail(
    letter,
    product,
    say`You get this mail because you have a subscription to ${product.name}. Which alerts are mailed, you choose in your settings.`,
  );
}
