import type { MailProduct, OwnerMail } from '../rules/owner-mail.ts';
import type { Letter } from './letter.ts';
import { renderHtml } from './render-html.ts';
import { plain, renderText } from './render-text.ts';
import { footer } from './shared-blocks.ts';
import { addressTroubleLetter } from './templates/address-trouble.ts';
import { claimExpiredLetter } from './templates/claim-expired.ts';
import { claimedLetter } from './templates/claimed.ts';
import { contactChangedLetter } from './templates/contact-changed.ts';
import { newKeyLetter } from './templates/new-key.ts';
import { noticeLetter } from './templates/notice.ts';
import { reminderLetter } from './templates/reminder.ts';
import { rotatedLetter } from './templates/rotated.ts';

export interface ComposedMail {
  /** One line, without any secret. */
  readonly subject: string;
  readonly text: string;
  /** A whole document that says the same as `text`. */
  readonly html: string;
}

/**
 * What the owner reads. The same mail gives the same bytes, whenever it is composed, so that one that is sent twice is
 * seen to be the same. A whole API key is in it only where `mail.secret.by` is `pgp`: such a mail must leave encrypted.
 *
 * Throws a `RangeError` for a time that is none, or a link that is neither https nor to this machine.
 */
export function composeMail(mail: OwnerMail, product: MailProduct): ComposedMail {
  const { subject, blocks } = letterOf(mail, product);
  const letter: Letter = { subject, blocks: [...blocks, footer(product)] };
  return { subject: plain(subject), text: renderText(letter), html: renderHtml(letter) };
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
    case 'address-trouble':
      return addressTroubleLetter(mail, product);
    case 'contact-changed':
      return contactChangedLetter(mail, product);
  }
}
