import type { AccountDeletedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { heading, type Letter, list, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { counted, timeOf } from '../wording.ts';

/** To an address that is stored nowhere any more. */
export function accountDeletedLetter(mail: AccountDeletedMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} account was deleted`,
    blocks: [
      greeting(mail),
      paragraph(
        say`On ${strong(timeOf(mail.at))} your account for ${product.name} was deleted, as you asked.`,
      ),
      heading(say`What ended, and what was removed`),
      list(
        mail.keys === 0
          ? say`There was no API key left.`
          : say`${counted(mail.keys, 'API key')} stopped working. That cannot be undone.`,
        say`Your address, your name, your OpenPGP key and your settings are removed.`,
        ...(mail.hadPayments
          ? [
              say`No further payment is taken. Our payment provider removes your data, too, but for what the law tells it to keep.`,
            ]
          : []),
      ),
      heading(say`What stays`),
      list(
        say`The record of what happened to the account and its keys stays, so that nobody can change it unseen. It names you by ${mail.subscriptionId} only, which leads to nobody any more.`,
        say`The number of requests of each month stays under the same name.`,
      ),
      paragraph(say`You can open a new account at any time; it begins from nothing.`),
      note(say`You did not ask for this? Then somebody else did, in your account: tell support at once.`),
    ],
  };
}
