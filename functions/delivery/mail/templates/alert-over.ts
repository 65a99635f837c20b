import type { AlertMail } from '../../rules/alert-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { aboutWhat, alertFacts, answerButton, lateNote } from '../alert-blocks.ts';
import { endOf, wordsOf } from '../alert-wording.ts';
import { type Letter, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** What was unusual with a key that works has ended by itself. */
export function alertOverLetter(mail: AlertMail, product: MailProduct): Letter {
  return {
    subject: [...say`Your ${product.name} API key: `, endOf(mail)],
    blocks: [
      greeting(mail),
      ...lateNote(mail),
      paragraph([
        ...say`What was unusual with `,
        ...aboutWhat(mail, product),
        ` is over: ${wordsOf(mail).title}. It ended by itself, as we noticed on `,
        strong(timeOf(mail.at)),
        '.',
      ]),
      paragraph(say`Before that we had seen: ${mail.explanation}`),
      paragraph(
        mail.what === 'silence'
          ? say`There is nothing that you have to do.`
          : say`There is nothing that you have to do. If you do not know where it came from, a new secret for the key shuts out whoever has the old one.`,
      ),
      answerButton('See what happened', mail),
      alertFacts(mail),
    ],
  };
}
