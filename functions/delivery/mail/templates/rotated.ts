import type { MailProduct, RotatedMail } from '../../rules/owner-mail.ts';
import {
  type Block,
  heading,
  type Letter,
  note,
  type Phrase,
  paragraph,
  say,
  steps,
  strong,
} from '../letter.ts';
import {
  greeting,
  hasPassed,
  keepItSecret,
  keyFacts,
  oldKeyFate,
  reasonGiven,
  secretBlocks,
} from '../shared-blocks.ts';
import { dayOf } from '../wording.ts';

/** The key has a new secret; the old one goes on for a while, or has stopped. */
export function rotatedLetter(mail: RotatedMail, product: MailProduct): Letter {
  const { by, secret, oldRetiresAt, at } = mail;
  return {
    subject: subjectOf(mail, product),
    blocks: [
      greeting(mail),
      paragraph(whatHappened(mail, product)),
      ...(by === undefined ? [] : reasonGiven(by)),
      ...(oldRetiresAt === undefined
        ? []
        : [note(oldKeyFate(oldRetiresAt, at, whichOldKey(mail, oldRetiresAt)))]),
      ...secretBlocks(secret, 'new API key', by),
      keyFacts(mail),
      ...whatToDo(mail),
      ...keepItSecret(),
    ],
  };
}

function subjectOf({ cause, oldRetiresAt, at }: RotatedMail, product: MailProduct): Phrase {
  if (oldRetiresAt !== undefined && !hasPassed(oldRetiresAt, at)) {
    return say`Your new ${product.name} API key: the old one works until ${strong(dayOf(oldRetiresAt))}`;
  }
  return cause === 'renewed'
    ? say`A new link to your ${product.name} API key`
    : say`Your new ${product.name} API key`;
}

function whatHappened({ cause, by }: RotatedMail, { name }: MailProduct): Phrase {
  switch (cause) {
    case 'schedule':
      return say`Your API key for ${name} has been replaced by a new one, as happens regularly to keep it safe. Tier, limit and usage stay as they are.`;
    case 'admin':
      return by === undefined
        ? say`Your API key for ${name} has been replaced by a new one, by an administrator. Tier, limit and usage stay as they are.`
        : say`Your API key for ${name} has been replaced by a new one. It was done by ${by.who}, an administrator. Tier, limit and usage stay as they are.`;
    case 'owner':
      return say`You asked for a new API key for ${name}, and it is ready. Tier, limit and usage stay as they are.`;
    case 'not-me':
      return say`You told us that it was not you who opened the last link. The key behind that link no longer works, whoever has it. This is a new one for ${name}.`;
    case 'renewed':
      return say`You asked for a new link to your API key for ${name}: here it is. The key behind it is new too; the one behind the last link no longer works, and nobody has seen it.`;
  }
}

/** There may be three: the one in use, the one that nobody or a stranger got, and this one. "Old" would not say which. */
function whichOldKey({ cause, at }: RotatedMail, oldRetiresAt: string): string {
  if (cause !== 'not-me' && cause !== 'renewed') return 'Your old key';
  return hasPassed(oldRetiresAt, at) ? 'The key before this one' : 'The key that you used before';
}

function whatToDo({ secret, oldRetiresAt, at, key }: RotatedMail): Block[] {
  const fetch = {
    link: say`Open the link and store the new key.`,
    pgp: say`Store the new key, and delete this mail.`,
    answer: say`Have the new key at hand.`,
  }[secret.by];
  const alike = say`The old and the new key begin alike (${key.display}). They differ after the second underscore.`;
  if (oldRetiresAt === undefined) {
    return [
      heading(say`What to do now`),
      steps(fetch, say`Put it where your application takes its key from.`),
    ];
  }
  const stopped = hasPassed(oldRetiresAt, at);
  return [
    heading(say`What to do now`),
    steps(
      fetch,
      say`Put it in the place of the old one, wherever your application takes its key from.`,
      stopped
        ? say`Requests with the old key are refused. They succeed again as soon as the new one is in place.`
        : say`Do this before the old key stops. Both work until then, so there is no outage.`,
    ),
    paragraph(alike),
  ];
}
