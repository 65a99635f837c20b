import type { AccountOpenedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, dashboardButton } from '../account-blocks.ts';
import { code, heading, type Letter, link, note, paragraph, say, steps } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';

/** The first sign-in: what comes next. */
export function accountOpenedLetter(mail: AccountOpenedMail, product: MailProduct): Letter {
  return {
    subject: say`Welcome to ${product.name}`,
    blocks: [
      greeting(mail),
      paragraph(say`Your account for ${product.name} is open, and this address is confirmed.`),
      heading(say`What comes next`),
      steps(
        say`Choose a tier in your dashboard. The Free tier starts at once and costs nothing.`,
        say`Make an API key there. It is shown to you once; keep it in a safe place.`,
        say`Send it in the header ${code('X-API-Key')} of each request to ${link(product.apiUrl)}`,
      ),
      dashboardButton('Open my dashboard', mail),
      paragraph(say`How to call the API stands at ${link(product.documentationUrl)}`),
      paragraph(say`If you want help with setting it up, write to support.`),
      accountFacts(mail),
      note(
        say`You did not sign up? Then somebody else did, with access to this mailbox: please tell support.`,
      ),
    ],
  };
}
