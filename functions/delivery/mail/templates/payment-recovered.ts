import type { PaymentRecoveredMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, cardAdvice, planButton, tierName } from '../account-blocks.ts';
import { type Letter, paragraph, say } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The payment that was missing has been made. */
export function paymentRecoveredLetter(mail: PaymentRecoveredMail, product: MailProduct): Letter {
  const { paidUntil } = mail;
  return {
    subject: say`Your payment for ${product.name} arrived`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Your payment for ${product.name} arrived. Your ${tierName(mail)} tier goes on as it was, and there is nothing to do.`,
      ),
      ...(paidUntil === undefined ? [] : [paragraph(say`It is paid until ${timeOf(paidUntil)}.`)]),
      planButton('Open my plan', mail),
      accountFacts(mail),
      cardAdvice(),
    ],
  };
}
