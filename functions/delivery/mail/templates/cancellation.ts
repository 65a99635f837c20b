import type { CancellationNotedMail, CancellationWithdrawnMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, limitName, planButton, tierName, whatStays } from '../account-blocks.ts';
import { type Letter, list, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { dayOf, timeOf } from '../wording.ts';

/** The tier was canceled, and goes on until it is no longer paid. */
export function cancellationNotedLetter(mail: CancellationNotedMail, product: MailProduct): Letter {
  const { endsAt, fallback } = mail;
  return {
    subject: say`Your ${product.name} ${tierName(mail)} tier ends on ${strong(dayOf(endsAt))}`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Your ${tierName(mail)} tier of ${product.name} was canceled. It goes on until ${strong(timeOf(endsAt))}, and no further payment is taken.`,
      ),
      paragraph(
        say`After that, your subscription goes on in the ${tierName(fallback)} tier, with ${limitName(fallback)}.`,
      ),
      list(...whatStays(fallback)),
      paragraph(say`You changed your mind? Until then you can take it back on your plan page.`),
      planButton('Open my plan', mail),
      accountFacts(mail),
      note(say`You did not cancel? Then somebody else did: tell support at once.`),
    ],
  };
}

export function cancellationWithdrawnLetter(mail: CancellationWithdrawnMail, product: MailProduct): Letter {
  const { paidUntil } = mail;
  return {
    subject: say`Your ${product.name} ${tierName(mail)} tier goes on`,
    blocks: [
      greeting(mail),
      paragraph(
        say`The cancellation of your ${tierName(mail)} tier of ${product.name} was taken back. It goes on as it was, and there is nothing to do.`,
      ),
      ...(paidUntil === undefined
        ? []
        : [paragraph(say`The next payment is due on ${strong(dayOf(paidUntil))}.`)]),
      planButton('Open my plan', mail),
      accountFacts(mail),
      note(say`You did not take it back? Then somebody else did: tell support at once.`),
    ],
  };
}
