import type { AddressTroubleMail, MailProduct } from '../../rules/owner-mail.ts';
import { type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, keepItSecret, keyFacts } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** To the new address, after mails to the former one came back. */
export function addressTroubleLetter(mail: AddressTroubleMail, product: MailProduct): Letter {
  return {
    subject: say`Mails about your ${product.name} API key now come to this address`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Since ${strong(timeOf(mail.since))}, our mails to ${mail.formerAddress} have not been delivered. From now on, mails about your API key for ${product.name} come to this address.`,
      ),
      paragraph(
        say`A mail that you missed may have told of a change of your key. If your application’s requests are refused, or you miss a key that you expected, write to support.`,
      ),
      keyFacts(mail),
      note(
        say`You know nothing of this key? Then somebody gave us your address by mistake: please tell support, and we will remove it.`,
      ),
      ...keepItSecret(),
    ],
  };
}
