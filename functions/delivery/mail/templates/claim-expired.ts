import type { ClaimExpiredMail, MailProduct } from '../../rules/owner-mail.ts';
import { button, type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, hasPassed, keepItSecret, keyFacts, oldKeyFate } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The link was never opened, and no longer shows a key; opened again, it offers to mail a new one. */
export function claimExpiredLetter(mail: ClaimExpiredMail, product: MailProduct): Letter {
  const { expiredAt, oldRetiresAt, at, url } = mail;
  return {
    subject: say`Your ${product.name} API key still waits for you`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Nobody opened the link to your API key for ${product.name} in time, so it stopped showing the key on ${strong(timeOf(expiredAt))}. The key behind it was seen by nobody.`,
      ),
      ...(oldRetiresAt === undefined
        ? []
        : [
            note([
              ...oldKeyFate(oldRetiresAt, at),
              ...(hasPassed(oldRetiresAt, at)
                ? say` Requests with it are refused; they succeed again as soon as you have put a new key in its place.`
                : say` Put a new key in its place before that, and there is no outage.`),
            ]),
          ]),
      paragraph(
        say`To get a new key, open the same link and press the button there. We mail you a new link.`,
      ),
      button('Get a new link', url),
      keyFacts(mail),
      ...keepItSecret(),
    ],
  };
}
