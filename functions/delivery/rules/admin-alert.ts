import type { Change } from '../../runtime/rules/change.ts';

/** A message to the admins' topic: plain text, as SNS mails it. */
export interface AdminAlert {
  /** ASCII, at most 100 characters. */
  readonly subject: string;
  readonly text: string;
}

/** What happened: a message that a key queued, or what a subscription's change gives to tell. */
export interface AlertCause {
  readonly kind: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** A key, or a subscription where it is about none of its keys. */
export interface AlertSubject {
  readonly keyId?: string;
  readonly subscriptionId: string;
  readonly tier: string;
  readonly change: Pick<Change, 'at'>;
}

interface Wording {
  readonly subject: string;
  readonly what: string;
  readonly todo: string;
  /** Entry of `docs/runbook.md`. */
  readonly runbook: string;
}

const toNotify = 'Reach the owner another way; update-subscription gives the subscription another address.';

/** What happened, why, and what to do: @throws Error for a kind that nobody raises */
export function adminAlert({ kind, facts }: AlertCause, about: AlertSubject): AdminAlert {
  const { subject, what, todo, runbook } = wording(kind, facts);
  const key = about.keyId === undefined ? '' : `key ${about.keyId}, `;
  const lines = [
    what,
    '',
    `${key}subscription ${about.subscriptionId}, tier ${about.tier}`,
    `at ${facts['at'] ?? about.change.at}`,
    '',
    todo,
    `docs/runbook.md#${runbook}`,
  ];
  return { subject: `Latchkey: ${subject}`, text: lines.join('\n') };
}

function wording(kind: string, facts: Readonly<Record<string, string>>): Wording {
  switch (kind) {
    case 'claim-expired':
      return {
        subject: 'a new key was never opened',
        what: `The owner did not open the link to version ${facts['version']} before it expired. The link now offers a new one.${facts['answered'] === undefined ? '' : ` The secret itself is with ${facts['answered']}, from the answer to the act.`}`,
        todo: 'An old secret that is still in use stops at the end of its grace. Ask whether the mails arrive.',
        runbook: 'a-new-key-was-never-opened',
      };
    case 'claim-disputed':
      return {
        subject: 'an owner did not open the link to their key',
        what: `The link to version ${facts['version']} was opened, and then reported: "That was not me". That version stopped at once; a new link is on its way to the owner.`,
        todo: 'Somebody may read mails to this owner. Look at the requests of that version, and talk to the owner.',
        runbook: 'an-owner-did-not-open-the-link',
      };
    case 'mail-failed':
      return {
        subject: 'a mail to an owner was given up',
        what: `The mail "${facts['mail']}" was given up: ${facts['why']}.`,
        todo: `Look why (the log of deliver-key or mail-account, SES's sending limits, the address). ${toNotify}`,
        runbook: 'a-mail-was-given-up',
      };
    case 'address-bounced':
      return {
        subject: "mails to an owner's address come back",
        what: `A mail came back for good (${facts['why']}). Nothing more is sent to that address until it changes.`,
        todo: toNotify,
        runbook: 'an-address-bounces',
      };
    case 'complaint':
      return {
        subject: 'an owner called a mail spam',
        what: 'The owner, or their mail program, reported a mail as spam. Nothing more is sent to that address until it changes.',
        todo: toNotify,
        runbook: 'an-address-bounces',
      };
    case 'mail-bounced':
      return {
        subject: 'a mail to an owner did not arrive',
        what: `The mail "${facts['mail']}" came back for the moment (${facts['why']}).`,
        todo: 'The address may work again. If it goes on, reach the owner another way.',
        runbook: 'an-address-bounces',
      };
    case 'tier-requested':
      return {
        subject: 'a tier was requested',
        what: `The owner of a subscription asks for the tier ${facts['tier']}. list-requests tells what they wrote.`,
        todo: 'Answer with approve-request or decline-request; the owner is mailed the answer.',
        runbook: 'a-tier-was-requested',
      };
    default:
      throw new Error(`there is no alert of kind ${kind}`);
  }
}
