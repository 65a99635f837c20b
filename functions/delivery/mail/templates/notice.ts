import type { MailProduct, NoticeMail } from '../../rules/owner-mail.ts';
import { type Letter, list, note, paragraph, say, strong } from '../letter.ts';
import { greeting, keyFacts } from '../shared-blocks.ts';
import { counted, dayOf, hoursAfter, timeOf } from '../wording.ts';

/** The key rotates soon; nothing is needed today (R16). */
export function noticeLetter(mail: NoticeMail, product: MailProduct): Letter {
  const { rotatesAt, graceHours } = mail;
  return {
    subject: say`Your ${product.name} API key changes on ${strong(dayOf(rotatesAt))}`,
    blocks: [
      greeting(mail),
      paragraph(
        say`To keep it safe, your API key for ${product.name} will be replaced by a new one on ${strong(timeOf(rotatesAt))}.`,
      ),
      note(say`You need to do nothing today.`),
      list(
        say`On that day we send the new key to this address, over a secure channel.`,
        graceHours === 0
          ? say`The old key stops working at that very moment: plan to put the new one in place then.`
          : say`The old key goes on for ${counted(graceHours, 'hour')} after that, until ${timeOf(hoursAfter(rotatesAt, graceHours))}. Put the new one in place within that time, and there is no outage.`,
        say`Tier, limit and usage stay as they are.`,
      ),
      keyFacts(mail),
      paragraph(
        say`We never ask for your key. Whoever does, in a mail about this change or otherwise, is not us.`,
      ),
    ],
  };
}
