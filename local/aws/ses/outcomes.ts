import { randomUUID } from 'node:crypto';
import type { EventType } from './read-mail-setup.ts';

/** What becomes of a mail on a laptop: the address decides, as it does for AWS's own mailbox simulator. */
export type Outcome =
  | { readonly type: 'delivery'; readonly recipients: readonly string[] }
  | { readonly type: 'complaint'; readonly recipients: readonly string[] }
  | { readonly type: 'bounce'; readonly kind: Bounce; readonly recipients: readonly string[] };

interface Bounce {
  readonly bounceType: 'Permanent' | 'Transient';
  readonly bounceSubType: string;
  readonly status: string;
  readonly diagnosticCode: string;
}

const bounces: Readonly<Record<string, Bounce>> = {
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    status: '5.1.1',
    diagnosticCode: 'smtp; 550 5.1.1 user unknown',
  },
  full: {
    bounceType: 'Transient',
    bounceSubType: 'MailboxFull',
    status: '4.2.2',
    diagnosticCode: 'smtp; 452 4.2.2 mailbox full',
  },
};

/**
 * `bounce@…` bounces for good, `full@…` for now; `complaint@…` is delivered, then complained about; everybody else's
 * mail is delivered. What follows a plus sign does not count: `bounce+ada@example.com` bounces too.
 */
export function outcomesOf(recipients: readonly string[]): Outcome[] {
  const named = (name: string) =>
    recipients.filter((address) => /^([^@+]*)/.exec(address)?.[1]?.toLowerCase() === name);
  const bounced = Object.keys(bounces).flatMap(named);
  const outcomes: Outcome[] = [
    { type: 'delivery', recipients: recipients.filter((address) => !bounced.includes(address)) },
    ...Object.entries(bounces).map(
      ([name, kind]): Outcome => ({ type: 'bounce', kind, recipients: named(name) }),
    ),
    { type: 'complaint', recipients: named('complaint') },
  ];
  return outcomes.filter((outcome) => outcome.recipients.length > 0);
}

const eventNames: Readonly<Record<EventType, string>> = {
  delivery: 'Delivery',
  bounce: 'Bounce',
  complaint: 'Complaint',
};

/**
 * The record that SES publishes: `{ eventType, mail, delivery | bounce | complaint }`.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function eventRecord(outcome: Outcome, mail: object, at: number): object {
  return { eventType: eventNames[outcome.type], mail, [outcome.type]: detailsOf(outcome, at) };
}

function detailsOf(outcome: Outcome, at: number): object {
  const timestamp = new Date(at).toISOString();
  const { recipients } = outcome;
  switch (outcome.type) {
    case 'delivery':
      return {
        timestamp,
        processingTimeMillis: 50,
        recipients,
        smtpResponse: '250 2.0.0 Message accepted by the local inbox',
        reportingMTA: 'inbox.local',
      };
    case 'bounce': {
      const { bounceType, bounceSubType, status, diagnosticCode } = outcome.kind;
      return {
        bounceType,
        bounceSubType,
        bouncedRecipients: recipients.map((emailAddress) => ({
          emailAddress,
          action: 'failed',
          status,
          diagnosticCode,
        })),
        timestamp,
        feedbackId: randomUUID(),
        reportingMTA: 'dsn; inbox.local',
      };
    }
    case 'complaint':
      return {
        complaintSubType: null,
        complainedRecipients: recipients.map((emailAddress) => ({ emailAddress })),
        timestamp,
        feedbackId: randomUUID(),
        userAgent: 'Latchkey local inbox',
        complaintFeedbackType: 'abuse',
        arrivalDate: timestamp,
      };
  }
}
