import type { MailProduct, ReminderMail } from '../../rules/owner-mail.ts';
import { button, type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, keepItSecret, keyFacts } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The old secret is still in use, and stops soon. */
export function reminderLetter(mail: ReminderMail, product: MailProduct): Letter {
  const { oldRetiresAt, lastUsedAt, url } = mail;
  return {
    subject: say`Your old ${product.name} API key stops working on ${strong(timeOf(oldRetiresAt))}`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Your API key for ${product.name} was replaced by a new one, but the old one is still in use: its last request came on ${strong(timeOf(lastUsedAt))}.`,
      ),
      note(
        say`The old key stops working on ${strong(timeOf(oldRetiresAt))}. Requests with it are refused from then on.`,
      ),
      ...(url === undefined
        ? [
            paragraph(
              say`You have the new key already. Put it in the place of the old one, wherever your application takes its key from. Should you not find it, write to support.`,
            ),
          ]
        : [
            paragraph(
              say`The new key still waits for you. This link shows it once: open it when you are ready to store the key, then put it in the place of the old one. Do not pass the link on: whoever opens it sees the key.`,
            ),
            button('Show my new API key', url),
          ]),
      keyFacts(mail),
      paragraph(
        say`The old and the new key begin alike (${mail.key.display}). They differ after the second underscore.`,
      ),
      ...keepItSecret(),
    ],
  };
}
