import type { MailProduct, OwnerMail } from '../rules/owner-mail.ts';
import { type ComposedMail, formMail } from './form-mail.ts';
import { type Letter, say } from './letter.ts';
import { claimExpiredLetter } from './templates/claim-expired.ts';
import { claimedLetter } from './templates/claimed.ts';
import { newKeyLetter } from './templates/new-key.ts';
import { noticeLetter } from './templates/notice.ts';
import { reminderLetter } from './templates/reminder.ts';
import { resumedLetter } from './templates/resumed.ts';
import { rotatedLetter } from './templates/rotated.ts';

/**
 * What the owner reads. The same mail gives the same bytes, whenever it is composed, so that one that is sent twice is
 * seen to be the same. A whole API key is in it only where `mail.secret.by` is `pgp`: such a mail must leave encrypted.
 *
 * Throws a `RangeError` for a time that is none, or a link that is neither https nor to this machine.
 */
export function composeMail(mail: OwnerMail, product: MailProduct): ComposedMail {
  return formMail(
    letterOf(mail, product),
    product,
    say`You get this mail because you own an API key of ${product.name}.`,
  );
}

function letterOf(mail: OwnerMail, product: MailProduct): Letter {
  switch (mail.kind) {
    case 'new-key':
      return newKeyLetter(mail, product);
    case 'rotated':
      return rotatedLetter(mail, product);
    case 'notice':
      return noticeLetter(mail, product);
    case 'reminder':
      return reminderLetter(mail, product);
    case 'claimed':
      return claimedLetter(mail, product);
    case 'claim-expired':
      return claimExpiredLetter(mail, product);
    case 'resumed':
      return resumedLetter(mail, product);
  }
}
