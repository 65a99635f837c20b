import type { AddressTroubleMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, dashboardButton } from '../account-blocks.ts';
import { type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** To an address that takes mail again, or for the first time, after mails to the former one came back. */
export function addressTroubleLetter(mail: AddressTroubleMail, product: MailProduct): Letter {
  return {
    subject: say`Mails about your ${product.name} API key now come to this address`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Since ${strong(timeOf(mail.since))}, our mails to ${mail.formerAddress} have not been delivered. From now on, mails about your API keys for ${product.name} come to this address.`,
      ),
      paragraph(
        say`A mail that you missed may have told of a change of a key. If your application’s requests are refused, or you miss a key that you expected, write to support.`,
      ),
      dashboardButton('Open my dashboard', mail),
      accountFacts(mail),
      note(
        say`You know nothing of this account? Then somebody gave us your address by mistake: please tell support, and we will remove it.`,
      ),
    ],
  };
}
