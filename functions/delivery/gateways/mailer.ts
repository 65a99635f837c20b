import { type SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import type { ComposedMail } from '../mail/form-mail.ts';
import { type EncryptedMimeInput, mimeMessage } from '../mail/mime.ts';
import { type MailTags, sealedTags } from '../rules/mail-tags.ts';

export interface Letter {
  readonly to: string;
  readonly mail: ComposedMail;
  /** Armored public key: the mail is encrypted to it as a whole. */
  readonly openPgpKey?: string;
  /** What comes back with the mail's events: how the item is found again. */
  readonly tags: MailTags;
  /** Of the change that it tells of, so that every try is the same mail. */
  readonly date: Date;
}

/** Amazon SES. Every mail goes through the configuration set, which demands TLS of the next hop (R7). */
export interface Mailer {
  /** @returns SES's id of the message */
  send(letter: Letter): Promise<string>;
}

export interface MailerSettings {
  readonly from: string;
  readonly senderName: string;
  readonly configurationSet: string;
  /** What tags are sealed with. */
  readonly tagSecret: () => Promise<string>;
  /** For letters with an `openPgpKey`: whoever writes none need not carry what encrypts. */
  readonly encrypted?: (message: EncryptedMimeInput) => Promise<Buffer>;
}

export function createMailer(client: SESClient, settings: MailerSettings): Mailer {
  const { from, senderName, configurationSet, tagSecret, encrypted } = settings;
  return {
    async send({ to, mail, openPgpKey, tags, date }) {
      // The same for every try: a mail program that shows both knows them as one.
      const about = Object.entries(tags).filter(([name]) => name !== 'attempt');
      const seed = about.map(([, value]) => value).join('.');
      const message = { from: { name: senderName, address: from }, to, ...mail, date, messageIdSeed: seed };
      if (openPgpKey !== undefined && encrypted === undefined) throw new Error('this mailer cannot encrypt');
      const raw = await (openPgpKey === undefined || encrypted === undefined
        ? mimeMessage(message)
        : encrypted({ ...message, openPgpKey, encryptAsOf: new Date() }));
      const { MessageId } = await client.send(
        new SendRawEmailCommand({
          Source: from,
          Destinations: [to],
          RawMessage: { Data: raw },
          ConfigurationSetName: configurationSet,
          Tags: sealedTags(tags, await tagSecret()),
        }),
      );
      if (MessageId === undefined) throw new Error('SES answered without a message id');
      return MessageId;
    },
  };
}
