import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import MimeNode from 'nodemailer/lib/mime-node';
import { oneLine } from './harmless.ts';

export interface MimeInput {
  readonly from: { readonly name: string; readonly address: string };
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly date: Date;
  /** What the mail is about, such as key, version and kind: mails with one seed have one Message-ID. Default: the content. */
  readonly messageIdSeed?: string;
}

export interface EncryptedMimeInput extends MimeInput {
  /** Armored public key. */
  readonly openPgpKey: string;
  /** Now, by whichever clock the stack runs. */
  readonly encryptAsOf?: Date;
}

/** What the outside of an encrypted mail says, where everybody on its way can read it. */
const NEUTRAL_SUBJECT = 'Encrypted message';

/**
 * A `multipart/alternative` of text and HTML as it goes to the mail server: the same input gives the same bytes.
 * Throws a `RangeError` for an address that is not exactly one.
 */
export async function mimeMessage(input: MimeInput): Promise<Buffer> {
  return await alternatives(input).build();
}

/**
 * The same mail encrypted to an OpenPGP key (RFC 3156). Everything is inside, the subject too; outside stand sender,
 * recipient, date and a subject that says nothing. Encryption is random, so no two of them are alike, but the same
 * `messageIdSeed` gives the same Message-ID. The key is judged as of `encryptAsOf`, by default `date`: a retry keeps the
 * date of what it tells, while the key on file may have been made, or have expired, since then.
 *
 * Throws a `RangeError` as `mimeMessage` does, and an `OpenPgpKeyError` for a key that cannot be used.
 */
export async function encryptedMimeMessage({
  openPgpKey,
  encryptAsOf,
  ...input
}: EncryptedMimeInput): Promise<Buffer> {
  const node = alternatives(input);
  // Tells the recipient's program that the headers in here are the true ones, and are to be shown.
  node.setHeader('Content-Type', 'multipart/alternative; protected-headers="v1"');
  const inner = await node.build();
  const { encryptTo } = await import('./openpgp-key.ts');
  const armored = await encryptTo(openPgpKey, inner, encryptAsOf ?? input.date);
  // Of the ciphertext, not of the content: outside, a hash of the content would let others check what they guess.
  const unique = digest(armored);
  const root = new MimeNode('multipart/encrypted; protocol="application/pgp-encrypted"', {
    ...fixed,
    baseBoundary: unique,
  });
  root.setHeader(headersOf({ ...input, subject: NEUTRAL_SUBJECT }, unique));
  const part = (type: string, description: string, content: string) =>
    root
      .createChild(type)
      .setHeader({ 'Content-Description': description, 'Content-Transfer-Encoding': '7bit' })
      .setContent(content);
  part('application/pgp-encrypted', 'PGP/MIME version identification', 'Version: 1\r\n');
  part('application/octet-stream; name="encrypted.asc"', 'OpenPGP encrypted message', armored).setHeader(
    'Content-Disposition',
    'inline; filename="encrypted.asc"',
  );
  return root.build();
}

/** Nothing is random, no file or address is ever read, and lines end as mail's lines do. */
const fixed = {
  boundaryPrefix: 'latchkey',
  disableFileAccess: true,
  disableUrlAccess: true,
  newline: 'windows',
};

function alternatives(input: MimeInput): MimeNode {
  const { from, to, subject, text, html, date } = input;
  const unique = digest(JSON.stringify([from.name, from.address, to, subject, text, html, date.getTime()]));
  const node = new MailComposer({ text, html, ...fixed, baseBoundary: unique }).compile();
  return node.setHeader(headersOf(input, unique));
}

function headersOf({ from, to, subject, date, messageIdSeed }: MimeInput, unique: string) {
  const sender = oneAddress(from.address);
  const id = messageIdSeed === undefined ? unique : digest(messageIdSeed);
  return {
    From: { name: oneLine(from.name), address: sender },
    To: { name: '', address: oneAddress(to) },
    Subject: oneLine(subject),
    'Message-ID': `<${id}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    Date: date,
    // Nobody's holiday is to be answered to a robot (RFC 3834; the second is what Exchange knows).
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  };
}

/** Refused rather than mended: a mail with a key in it goes to the one address that was meant, or nowhere. */
function oneAddress(address: string): string {
  if (!/^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+$/u.test(address)) {
    throw new RangeError('the sender or the recipient of a mail is not exactly one address');
  }
  return address;
}

/** 32 hex digits of SHA-256. */
function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);
}
