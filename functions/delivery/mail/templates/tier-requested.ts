import type { TierRequestedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, planButton, tierName } from '../account-blocks.ts';
import { type Letter, paragraph, say, strong } from '../letter.ts';
import { greeting } from '../shared-blocks.ts';
import { timeOf } from '../wording.ts';

/** The owner asked for a tier that somebody has to approve. */
export function tierRequestedLetter(mail: TierRequestedMail, product: MailProduct): Letter {
  const { note: written } = mail;
  return {
    subject: say`We have your request for the ${product.name} ${requestedName(mail)} tier`,
    blocks: [
      greeting(mail),
      paragraph(
        say`On ${strong(timeOf(mail.at))} you asked for the ${requestedName(mail)} tier of ${product.name}. We have your request, and will answer it by mail.`,
      ),
      ...(written === undefined ? [] : [paragraph(say`You wrote: “${written}”`)]),
      paragraph(
        say`Until then your subscription goes on in the ${tierName(mail)} tier. You can withdraw the request on your plan page.`,
      ),
      planButton('Open my plan', mail),
      accountFacts(mail),
    ],
  };
}

function requestedName({ requestedTier }: TierRequestedMail): string {
  return tierName({ tier: requestedTier });
}
