import type { RequestApprovedMail, RequestDeclinedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, limitName, planButton, tierName, whatStaysOnTheWayUp } from '../account-blocks.ts';
import { type Block, type Letter, list, type Phrase, paragraph, say, strong } from '../letter.ts';
import { greeting, reasonGiven } from '../shared-blocks.ts';
import { dayOf, timeOf } from '../wording.ts';

export function requestApprovedLetter(mail: RequestApprovedMail, product: MailProduct): Letter {
  return {
    subject: say`Your request for the ${product.name} ${tierName({ tier: mail.requestedTier })} tier was approved`,
    blocks: [
      greeting(mail),
      paragraph([
        ...asked(mail, product),
        ...say` It was approved`,
        ...who(mail),
        ...say`. Since ${strong(timeOf(mail.at))} your subscription is in the ${tierName(mail)} tier, with ${limitName(mail)}.`,
      ]),
      ...reason(mail),
      list(...whatStaysOnTheWayUp(mail)),
      planButton('Open my plan', mail),
      accountFacts(mail),
    ],
  };
}

export function requestDeclinedLetter(mail: RequestDeclinedMail, product: MailProduct): Letter {
  const requested = tierName({ tier: mail.requestedTier });
  return {
    subject: say`Your request for the ${product.name} ${requested} tier was declined`,
    blocks: [
      greeting(mail),
      paragraph([...asked(mail, product), ...say` It was declined`, ...who(mail), ...say`.`]),
      ...reason(mail),
      paragraph(
        say`Your subscription goes on in the ${tierName(mail)} tier, and your keys stay as they are. You can ask again on your plan page, or write to support.`,
      ),
      planButton('Open my plan', mail),
      accountFacts(mail),
    ],
  };
}

type Answered = RequestApprovedMail | RequestDeclinedMail;

function asked({ requestedTier, requestedAt }: Answered, product: MailProduct): Phrase {
  return say`On ${strong(dayOf(requestedAt))} you asked for the ${tierName({ tier: requestedTier })} tier of ${product.name}.`;
}

function who({ by }: Answered): Phrase {
  return by === undefined ? [] : say` by ${by.who}, an administrator`;
}

function reason({ by }: Answered): Block[] {
  return by === undefined ? [] : reasonGiven(by);
}
