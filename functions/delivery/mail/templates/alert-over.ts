import type { AlertMail } from '../../rules/alert-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { aboutWhat, alertFacts, answerButton, lateNote, suspensionNote } from '../alert-blocks.ts';
import { wordsOf } from '../alert-wording.ts';
import { type Block, type Letter, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** What was unusual with a key has ended by itself. */
export function alertOverLetter(mail: AlertMail, product: MailProduct): Letter {
  const { end, title } = wordsOf(mail);
  return {
    subject: [...say`Your ${product.name} API key: `, end],
    blocks: [
      greeting(mail),
      ...lateNote(mail),
      paragraph([
        ...say`What was unusual with `,
        ...aboutWhat(mail, product),
        ` is over: ${title}. It ended by itself, as we noticed on `,
        strong(timeOf(mail.at)),
        '.',
      ]),
      paragraph(say`Before that we had seen: ${mail.explanation}`),
      ...suspensionNote(mail),
      ...goesOn(mail),
      alertFacts(mail),
    ],
  };
}

function goesOn(mail: AlertMail): Block[] {
  if (mail.key?.suspendedAt === undefined) {
    return [
      paragraph(
        mail.what === 'silence'
          ? say`There is nothing that you have to do.`
          : say`There is nothing that you have to do. If you do not know where it came from, a new secret for the key shuts out whoever has the old one.`,
      ),
      answerButton('See what happened', mail),
    ];
  }
  return [
    paragraph(
      say`These open your account, where you sign in. Nothing happens by the link alone: the page asks you for one click.`,
    ),
    answerButton('Give it a new secret now', mail, 'rotate'),
    answerButton(
      mail.key.isHeldElsewhere === true ? 'This was me' : 'This was me: let the key go on',
      mail,
      'expected',
    ),
  ];
}
