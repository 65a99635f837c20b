import type { PaymentRestoredMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, cardAdvice, dashboardButton } from '../account-blocks.ts';
import { type Letter, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** A payment followed on one that was taken back, or that one stands after all: the suspension for it is over. */
export function paymentRestoredLetter(mail: PaymentRestoredMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} API keys work again`,
    blocks: [
      greeting(mail),
      paragraph(
        say`The payment for ${product.name} that was taken back has been made up for, or stands after all. Since ${strong(timeOf(mail.at))} your API keys are no longer suspended for it: they work as before, and nothing has to be replaced.`,
      ),
      paragraph(
        say`A key that is suspended for another reason, such as by an administrator, stays suspended until that is lifted. Your dashboard shows how each key stands.`,
      ),
      dashboardButton('Open my dashboard', mail),
      accountFacts(mail),
      cardAdvice(),
    ],
  };
}
