import type { TierChangedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, limitName, planButton, tierName, whatStaysOnTheWayUp } from '../account-blocks.ts';
import { type Block, type Letter, list, type Phrase, paragraph, say, strong } from '../letter.ts';
import { greeting, reasonGiven } from '../shared-blocks.ts';
import { thousands, timeOf } from '../wording.ts';

/** The subscription is in another tier, with all of its keys. */
export function tierChangedLetter(mail: TierChangedMail, product: MailProduct): Letter {
  return {
    subject: say`Your ${product.name} tier is now ${tierName(mail)}`,
    blocks: [
      greeting(mail),
      paragraph(
        say`Since ${strong(timeOf(mail.at))} your subscription to ${product.name} is in the ${tierName(mail)} tier, with ${limitName(mail)}. Before, it was in the ${tierName({ tier: mail.formerTier })} tier.`,
      ),
      ...why(mail),
      list(...(mail.isLower ? whatStaysOnTheWayDown(mail) : whatStaysOnTheWayUp(mail))),
      planButton('Open my plan', mail),
      accountFacts(mail),
      paragraph(say`You did not expect this? Please ask support.`),
    ],
  };
}

function whatStaysOnTheWayDown({ requestsPerMonth }: TierChangedMail): Phrase[] {
  return [
    say`Your keys stay as they are: nothing has to be replaced.`,
    say`The requests of this month stay counted. If there are ${thousands(requestsPerMonth)} or more, further ones are refused until the next month begins (UTC).`,
  ];
}

function why(mail: TierChangedMail): Block[] {
  const { by, cause, reason } = mail;
  if (by !== undefined) {
    return [paragraph(say`It was changed by ${by.who}, an administrator.`), ...reasonGiven(by)];
  }
  if (cause !== undefined) return [paragraph(causes[cause])];
  return reason === undefined ? [] : [paragraph(say`The reason given: “${reason}”`)];
}

const causes: Readonly<Record<NonNullable<TierChangedMail['cause']>, Phrase>> = {
  paid: say`Your payment arrived.`,
  chosen: say`You chose it.`,
  unpaid: say`A payment failed, and was not made up for in time.`,
  canceled: say`The former tier was canceled, and the time that was paid is over.`,
  ended: say`The payments for the former tier ended.`,
};
