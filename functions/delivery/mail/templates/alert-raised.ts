import { isAboutMonth } from '../../../alerts/rules/index.ts';
import type { AlertedKey, AlertMail } from '../../rules/alert-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import {
  aboutWhat,
  alertFacts,
  answerButton,
  lateNote,
  neverAsked,
  suspensionNote,
} from '../alert-blocks.ts';
import { wordsOf } from '../alert-wording.ts';
import {
  type Block,
  button,
  heading,
  type Letter,
  list,
  note,
  type Phrase,
  paragraph,
  say,
} from '../letter.ts';
import { greeting } from '../shared-blocks.ts';

/** Something unusual began, or has become more severe. */
export function alertRaisedLetter(mail: AlertMail, product: MailProduct): Letter {
  const { title, meanings } = wordsOf(mail);
  return {
    subject: subjectOf(mail, title, product),
    blocks: [
      greeting(mail),
      ...lateNote(mail),
      paragraph(introduction(mail, product)),
      note(say`${mail.explanation}`),
      ...suspensionNote(mail),
      heading(isAboutMonth(mail.what) ? say`What comes of it` : say`What it may mean`),
      list(...meanings),
      ...whatToDo(mail),
      alertFacts(mail),
      ...(mail.key === undefined ? [] : [neverAsked()]),
    ],
  };
}

function subjectOf(mail: AlertMail, title: string, { name }: MailProduct): Letter['subject'] {
  const what = mail.key === undefined ? 'subscription' : 'API key';
  const risen = mail.kind === 'alert-risen' ? `, ${mail.severity} now` : '';
  const standing = mail.key?.suspendedAt === undefined ? risen : ' is suspended';
  return [...say`Your ${name} `, `${what}${standing}: ${title}`];
}

function introduction(mail: AlertMail, product: MailProduct): Phrase {
  const { kind, severity } = mail;
  const about = aboutWhat(mail, product);
  if (isAboutMonth(mail.what)) return [...say`This is about the month’s requests of `, ...about, ':'];
  if (kind === 'alert-opened') return [...say`We noticed something unusual with `, ...about, ':'];
  return [
    ...say`What is unusual with `,
    ...about,
    ...say` has become more severe: it is ${severity} by now.`,
  ];
}

function whatToDo(mail: AlertMail): Block[] {
  if (isAboutMonth(mail.what)) {
    return [
      heading(say`What you can do`),
      button('Open my plan', `${mail.dashboardUrl}/plan`),
      button('See my usage', `${mail.dashboardUrl}/usage`),
    ];
  }
  return [
    heading(say`What you can do`),
    paragraph(
      say`Each of these opens your account, where you sign in. Nothing happens by the link alone: the page asks you for one click.`,
    ),
    ...(mail.key === undefined
      ? [answerButton('See what happened', mail), answerButton('This was me', mail, 'expected')]
      : answersForKey(mail, mail.key)),
  ];
}

function answersForKey(mail: AlertMail, { suspendedAt, isHeldElsewhere }: AlertedKey): Block[] {
  const goesOn = suspendedAt !== undefined && isHeldElsewhere !== true;
  return [
    ...(suspendedAt === undefined
      ? [
          paragraph(
            say`It was not you, or you are not sure: suspend the key. Requests with it are refused until you let it go on.`,
          ),
          answerButton('Suspend the key', mail, 'suspend'),
        ]
      : []),
    paragraph(
      say`You want to go on without whoever has the old secret: a new secret is made, and the old one stops at once.`,
    ),
    answerButton('Give it a new secret now', mail, 'rotate'),
    paragraph(
      goesOn
        ? say`It is as it should be: the suspension ends, and we write no more about it until it has ended and begins anew.`
        : say`It is as it should be: we write no more about it until it has ended and begins anew.`,
    ),
    answerButton('This was me', mail, 'expected'),
  ];
}
