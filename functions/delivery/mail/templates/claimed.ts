import type { ClaimedMail, MailProduct } from '../../rules/owner-mail.ts';
import { button, heading, type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, keepItSecret, keyFacts } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The link was opened: good if it was the owner. */
export function claimedLetter(mail: ClaimedMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} API key was opened`,
    blocks: [
      greeting(mail),
      paragraph(
        say`The link to your API key for ${product.name} was opened on ${strong(timeOf(mail.openedAt))}, and the key was shown.`,
      ),
      paragraph(say`Was that you? Then all is well, and there is nothing to do.`),
      keyFacts(mail),
      heading(say`That was not you?`),
      note(
        say`Then somebody else has your key. Open the same link again and press “That was not me”: that key stops working at once, and we send you a new one.`,
      ),
      button('Open the link again', mail.url),
      ...keepItSecret(),
    ],
  };
}
