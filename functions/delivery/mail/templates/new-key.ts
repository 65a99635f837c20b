import type { MailProduct, NewKeyMail } from '../../rules/owner-mail.ts';
import { type Letter, paragraph, say } from '../letter.ts';
import { greeting, howToUse, keepItSecret, keyFacts, reasonGiven, secretBlocks } from '../shared-blocks.ts';

/** A key was made. */
export function newKeyLetter(mail: NewKeyMail, product: MailProduct): Letter {
  const { by, secret } = mail;
  return {
    subject: say`Your ${product.name} API key`,
    blocks: [
      greeting(mail),
      ...(by === undefined
        ? [paragraph(say`Your API key for ${product.name} is ready.`)]
        : [
            paragraph(
              say`Your API key for ${product.name} is ready. It was made for you by ${by.who}, an administrator.`,
            ),
            ...reasonGiven(by),
          ]),
      ...secretBlocks(secret, 'API key', by),
      keyFacts(mail),
      ...howToUse(product),
      ...keepItSecret(),
    ],
  };
}
