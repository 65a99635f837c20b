import type { CodeMail } from '../read-user-pool.ts';
import type { OutgoingMail } from '../worker-protocol.ts';

export interface CodeMailer {
  /** The pool's own mail. */
  sendCode(email: string, digits: string): Promise<void>;
  /** The same, without waiting: how long an answer takes would tell whether there was a mail. */
  sendCodeLater(email: string, digits: string): void;
  /** Tells an address that has an account so, in place of a code that would be for another one. */
  sendKnown(email: string): Promise<void>;
}

export interface CodeMailerOptions {
  readonly mail: CodeMail;
  readonly send: (mail: OutgoingMail) => Promise<void>;
  /** A mail that nobody waits for was not sent. */
  readonly log: (line: string) => void;
}

const known = `<p>Somebody, probably you, tried to create an account with this address. It has one already.</p>
<p>Sign in with it. If you have forgotten the password, choose a new one on the page where you sign in.</p>
<p>If it was not you, ignore this mail: nothing has changed.</p>`;

export function createCodeMailer({ mail, send, log }: CodeMailerOptions): CodeMailer {
  const sendCode = (to: string, digits: string) =>
    send({ to, subject: withCode(mail.subject, digits), html: withCode(mail.message, digits) });
  return {
    sendCode,
    sendCodeLater: (to, digits) => {
      sendCode(to, digits).catch((error) => log(`a mail with a code was not sent: ${String(error)}`));
    },
    sendKnown: (to) => send({ to, subject: 'You have an account already', html: known }),
  };
}

function withCode(text: string, digits: string): string {
  return text.replaceAll('{####}', digits);
}
