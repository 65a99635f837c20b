import MailComposer from 'nodemailer/lib/mail-composer';
import type { Inbox } from '../inbox.ts';
import type { CodeMail } from './read-user-pool.ts';
import type { OutgoingMail } from './worker-protocol.ts';

/**
 * Puts a mail of the user pool into the inbox, as SES would be handed it.
 * @param at milliseconds since the epoch, on the moved clock
 */
export async function sendMail(
  inbox: Pick<Inbox, 'accept'>,
  { from, replyTo }: Pick<CodeMail, 'from' | 'replyTo'>,
  { to, subject, html }: OutgoingMail,
  at: number,
): Promise<void> {
  const message = await new MailComposer({
    from,
    to,
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    html,
    text: asText(html),
    date: new Date(at),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  const form = new URLSearchParams({
    Action: 'SendRawEmail',
    Version: '2010-12-01',
    'RawMessage.Data': message.toString('base64'),
  });
  await inbox.accept({
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The inbox looks for no more than that something is there.
      authorization: 'AWS4-HMAC-SHA256 user-pool',
    },
    body: Buffer.from(form.toString()),
  });
}

/** The words of a short mail. */
function asText(html: string): string {
  return html
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/p>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim();
}
