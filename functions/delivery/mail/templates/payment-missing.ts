import type { PaymentFailedMail, PaymentReminderMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, cardAdvice, limitName, planButton, tierName, whatStays } from '../account-blocks.ts';
import { type Block, type Letter, list, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { dayOf, durationBetween, timeOf } from '../wording.ts';

/** A payment failed; nothing changes yet. */
export function paymentFailedLetter(mail: PaymentFailedMail, product: MailProduct): Letter {
  const { graceEndsAt } = mail;
  return {
    subject: say`Your payment for ${product.name} failed: please pay by ${strong(dayOf(graceEndsAt))}`,
    blocks: [
      greeting(mail),
      paragraph(
        say`A payment for your ${tierName(mail)} tier of ${product.name} failed on ${strong(timeOf(mail.at))}. For now nothing changes: the tier, its limit and your keys go on until ${strong(timeOf(graceEndsAt))}.`,
      ),
      ...whatComesOfIt(mail),
    ],
  };
}

/** It is still missing, and the time is nearly over. */
export function paymentReminderLetter(mail: PaymentReminderMail, product: MailProduct): Letter {
  const { graceEndsAt, at } = mail;
  return {
    subject: say`Your ${product.name} ${tierName(mail)} tier ends on ${strong(dayOf(graceEndsAt))} unless it is paid`,
    blocks: [
      greeting(mail),
      paragraph(
        say`A payment for your ${tierName(mail)} tier of ${product.name} is still missing. The tier ends on ${strong(timeOf(graceEndsAt))} (in ${durationBetween(at, graceEndsAt)}).`,
      ),
      ...whatComesOfIt(mail),
    ],
  };
}

function whatComesOfIt(mail: PaymentFailedMail | PaymentReminderMail): Block[] {
  const { fallback } = mail;
  return [
    note(
      say`Without a payment by then, your subscription goes on in the ${tierName(fallback)} tier, with ${limitName(fallback)}.`,
    ),
    list(...whatStays(fallback)),
    paragraph(
      say`Pay, or put another card on file, on your plan page. A bank may have refused the card because it expired, was replaced, or has a limit.`,
    ),
    planButton('Pay or change the card', mail),
    accountFacts(mail),
    cardAdvice(),
  ];
}
