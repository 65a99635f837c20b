import type { ClaimExpiredMail, MailProduct } from '../../rules/owner-mail.ts';
import { button, type Letter, note, paragraph, say, strong } from '../letter.ts';
import { greeting, hasPassed, keepItSecret, keyFacts, oldKeyFate } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The link was never opened, and no longer shows a key; opened again, it offers to mail a new one. */
export function claimExpiredLetter(mail: ClaimExpiredMail, product: MailProduct): Letter {
  const { answered, expiredAt, oldRetiresAt, at, url } = mail;
  return {
    subject: say`Your ${product.name} API key still waits for you`,
    blocks: [
      greeting(mail),
      paragraph([
        ...say`Nobody opened the link to your API key for ${product.name} in time, so it stopped showing the key on ${strong(timeOf(expiredAt))}. `,
        ...(answered === undefined
          ? say`The key behind it was seen by nobody.`
          : say`The key itself works: ${answered} has it. If you have it from there, you need not do anything.`),
      ]),
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
        answered === undefined
          ? say`To get a new key, open the same link and press the button there. We mail you a new link.`
          : say`If you do not have it, open the same link and press the button there. We mail you a link to a new key; the present one then works for seven more days.`,
      ),
      button('Get a new link', url),
      keyFacts(mail),
      ...keepItSecret(),
    ],
  };
}
