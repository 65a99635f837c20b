import type { AccountJoinedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, dashboardButton } from '../account-blocks.ts';
import { type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { counted, dayOf, timeOf } from '../wording.ts';

/** The first sign-in of somebody for whom an admin had made a subscription. */
export function accountJoinedLetter(mail: AccountJoinedMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} subscription is now in your account`,
    blocks: [
      greeting(mail),
      paragraph(
        say`On ${strong(timeOf(mail.at))} somebody signed in with this address for the first time. The subscription to ${product.name} that an administrator made for it on ${dayOf(mail.since)}, with ${counted(mail.keys, 'key')}, is now in that account.`,
      ),
      paragraph(say`That is all: keys, tier, limit and usage stay as they are.`),
      dashboardButton('Open my dashboard', mail),
      accountFacts(mail),
      note(say`That was not you? Then somebody else has access to this mailbox: tell support at once.`),
    ],
  };
}
