import type { Letter } from '../../../functions/delivery/gateways/mailer.ts';
import type { AdminAlert } from '../../../functions/delivery/rules/admin-alert.ts';
import { sealedTags } from '../../../functions/delivery/rules/mail-tags.ts';
import { claimSecret } from './functions.ts';

/**
 * How the mail server of an address behaves. `late-bounce` and `late-full` take a mail and send it back afterwards, for
 * good or for now; `spam` takes it, and its owner calls it spam.
 */
export type Behaviour = 'fine' | 'full' | 'gone' | 'late-bounce' | 'late-full' | 'spam';

export interface PostedMail {
  readonly messageId: string;
  readonly letter: Letter;
  readonly at: number;
  /** Whether it lies in a mailbox. */
  readonly arrived: boolean;
}

interface Event {
  readonly json: string;
  readonly dueAt: number;
}

/** SES, the mail servers behind it, and the admins' topic. What became of a mail is told later, and perhaps twice. */
export class PostOffice {
  readonly mails: PostedMail[] = [];
  readonly alerts: (AdminAlert & { readonly at: number })[] = [];
  readonly behaviours = new Map<string, Behaviour>();
  mailerWorks = true;
  alertsWork = true;
  /** Hours from a mail to what is told of it, and whether it is told twice. */
  eventDelay = 0;
  tellsTwice = false;
  #events: Event[] = [];

  accept(letter: Letter, now: number): string {
    if (!this.mailerWorks) throw new Error('SES takes no mail');
    const messageId = `message-${this.mails.length + 1}`;
    const behaviour = this.behaviours.get(letter.to) ?? 'fine';
    const arrived = behaviour === 'fine' || behaviour === 'spam';
    this.mails.push({ messageId, letter, at: now, arrived });
    const tell = (type: string, more: object, hours = this.eventDelay) => {
      const event = { json: eventOf(type, messageId, letter, more), dueAt: now + hours * 3_600_000 };
      this.#events.push(
        event,
        ...(this.tellsTwice ? [{ ...event, dueAt: event.dueAt + 5 * 3_600_000 }] : []),
      );
    };
    const recipients = [{ emailAddress: letter.to }];
    const bounce = (bounceType: string) => ({
      bounce: { bounceType, bounceSubType: 'General', bouncedRecipients: recipients },
    });
    if (arrived || behaviour.startsWith('late')) tell('Delivery', {});
    if (behaviour === 'full') tell('Bounce', bounce('Transient'));
    if (behaviour === 'gone') tell('Bounce', bounce('Permanent'));
    if (behaviour === 'late-bounce') tell('Bounce', bounce('Permanent'), this.eventDelay + 1);
    if (behaviour === 'late-full') tell('Bounce', bounce('Transient'), this.eventDelay + 1);
    if (behaviour === 'spam')
      tell('Complaint', { complaint: { complainedRecipients: recipients } }, this.eventDelay + 2);
    return messageId;
  }

  raise(alert: AdminAlert, now: number): void {
    if (!this.alertsWork) throw new Error('SNS takes no alert');
    this.alerts.push({ ...alert, at: now });
  }

  /** What is to be told by now, in the order in which it is. */
  takeEvents(now: number): string[] {
    const due = this.#events.filter(({ dueAt }) => dueAt <= now).toSorted((a, b) => a.dueAt - b.dueAt);
    this.#events = this.#events.filter(({ dueAt }) => dueAt > now);
    return due.map(({ json }) => json);
  }

  /** An event whose consumer failed comes again, an hour later. */
  returnEvent(json: string, now: number): void {
    this.#events.push({ json, dueAt: now + 3_600_000 });
  }

  get nextEventAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#events.map(({ dueAt }) => dueAt));
  }
}

/** As SES publishes it. */
function eventOf(eventType: string, messageId: string, { to, tags }: Letter, more: object): string {
  const told = Object.fromEntries(sealedTags(tags, claimSecret).map(({ Name, Value }) => [Name, [Value]]));
  return JSON.stringify({ eventType, mail: { messageId, destination: [to], tags: told }, ...more });
}
