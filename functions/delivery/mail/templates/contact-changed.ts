import type { ContactChangedMail } from '../../rules/account-mail.ts';
import type { MailProduct } from '../../rules/owner-mail.ts';
import { accountFacts, dashboardButton } from '../account-blocks.ts';
import { type Letter, note, type Phrase, paragraph, say, strong } from '../letter.ts';
import { greeting, reasonGiven } from '../shared-blocks.ts';

/** Where or how the owner's keys are mailed has changed; whoever did not expect it reads it here, at the former address. */
export function contactChangedLetter(mail: ContactChangedMail, product: MailProduct): Letter {
  const { by, newAddress, openPgp } = mail;
  const who: Phrase =
    by === undefined ? say`It was changed in your account` : say`${by.who}, an administrator, changed it`;
  return {
    subject: say`Mails about your ${product.name} API key: something was changed`,
    blocks: [
      greeting(mail),
      paragraph([
        ...say`How we send you new API keys for ${product.name} is different from now on. `,
        ...who,
        ...say`.`,
      ]),
      ...(by === undefined ? [] : reasonGiven(by)),
      ...(newAddress === undefined
        ? []
        : [paragraph(say`Mails go to ${newAddress}, and no longer to this address.`)]),
      ...(openPgp === undefined ? [] : [paragraph(encryption(openPgp))]),
      dashboardButton('Open my dashboard', mail),
      accountFacts(mail),
      note(say`You did not expect this? Then tell support at once: new keys would go to somebody else.`),
    ],
  };
}

function encryption(openPgp: NonNullable<ContactChangedMail['openPgp']>): Phrase {
  return openPgp === 'removed'
    ? say`They are no longer encrypted to an OpenPGP key: new keys come as a link that shows them once.`
    : say`New keys are encrypted to the OpenPGP key ${strong(openPgp.fingerprint)}. Compare it with yours.`;
}
