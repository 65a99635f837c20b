import type { MailProduct, ResumedMail } from '../../rules/owner-mail.ts';
import { heading, type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, keepItSecret, keyFacts } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The key goes on: good if it was the owner who said so. */
export function resumedLetter(mail: ResumedMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} API key works again`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Your API key for ${product.name} was suspended on ${strong(timeOf(mail.suspendedAt))}. Somebody who is signed in to your account let it go on, on ${strong(timeOf(mail.at))}.`,
      ),
      paragraph(say`Was that you? Then all is well, and there is nothing to do.`),
      keyFacts(mail),
      heading(say`That was not you?`),
      note(
        say`Then somebody else may have your key, and the way into your account. Sign in and give the key a new secret, or suspend it, change how you sign in, and tell us.`,
      ),
      ...keepItSecret(),
    ],
  };
}
