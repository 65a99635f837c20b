import type { PaymentReversedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, cardAdvice, planButton, tierName } from '../account-blocks.ts';
import { heading, type Letter, list, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** A payment was taken back, and the keys are suspended for it. */
export function paymentReversedLetter(mail: PaymentReversedMail, product: MailProduct): Letter {
  const isDispute = mail.how === 'dispute';
  return {
    subject: say`Your ${product.name} API keys are suspended: a payment was taken back`,
    blocks: [
      greeting(mail),
      paragraph(
        isDispute
          ? say`A payment for your ${tierName(mail)} tier of ${product.name} was disputed at the bank that made it, and taken back.`
          : say`A payment for your ${tierName(mail)} tier of ${product.name} was refunded.`,
      ),
      note(
        say`Since ${strong(timeOf(mail.at))} your API keys are suspended: requests with them are refused. They work again after your next payment.`,
      ),
      heading(say`What to do now`),
      list(
        say`To go on, pay on your plan page. Your keys then work again as they are: nothing has to be replaced.`,
        isDispute
          ? say`You know nothing of a dispute, or it was a mistake? Tell support, and withdraw it at your bank.`
          : say`You did not expect a refund? Tell support.`,
        say`You do not want to go on? Cancel on your plan page, or delete your account.`,
      ),
      planButton('Open my plan', mail),
      accountFacts(mail),
      cardAdvice(),
    ],
  };
}
