import type { AlertMail } from '../rules/alert-mail.ts';
import type { MailProduct } from '../rules/owner-mail.ts';
import { type Block, button, note, type Phrase, paragraph, say, strong } from './letter.ts';
import { capitalized, timeOf } from './wording.ts';

/** What mails about alerts say, in the same words. */

/** Follows `with`. */
export function aboutWhat({ key }: AlertMail, product: MailProduct): Phrase {
  return key === undefined
    ? say`your subscription to ${product.name}`
    : say`your API key “${key.name}” for ${product.name}`;
}

export function neverAsked(): Block {
  return paragraph(
    say`We never ask for your key. Please do not send it to anybody, not even to us to find out what this is about.`,
  );
}

/** The key as its owner finds it, and when it was. */
export function alertFacts({ key, subscriptionId, severity, openedAt }: AlertMail): Block {
  return {
    kind: 'facts',
    rows: [
      ...(key === undefined
        ? [{ label: 'Account', value: say`${subscriptionId}` }]
        : [
            { label: 'API key', value: say`${key.display}` },
            { label: 'Name', value: say`${key.name}` },
            { label: 'Key id', value: say`${key.keyId}` },
          ]),
      { label: 'Severity', value: say`${capitalized(severity)}` },
      { label: 'Noticed', value: say`${timeOf(openedAt)}` },
    ],
  };
}

/** Leads to the alert in the dashboard, with an answer that the reader confirms there. */
export function answerButton(
  label: string,
  { dashboardUrl, alertId }: AlertMail,
  answer?: 'suspend' | 'rotate' | 'expected',
): Block {
  const url = `${dashboardUrl}/alerts/${encodeURIComponent(alertId)}`;
  return button(label, answer === undefined ? url : `${url}?do=${answer}`);
}

export function lateNote({ isLate, at }: AlertMail): Block[] {
  if (!isLate) return [];
  return [
    paragraph(
      say`This mail is late, for which we are sorry: it tells how things were on ${strong(timeOf(at))}.`,
    ),
  ];
}

/** That the key is suspended, and how it goes on. */
export function suspensionNote({ key }: AlertMail): Block[] {
  if (key?.suspendedAt === undefined) return [];
  const since = say`To protect you, the key is suspended since ${strong(timeOf(key.suspendedAt))}: requests with it are refused.`;
  return [
    note([
      ...since,
      key.isHeldElsewhere === true
        ? ' That ends as soon as you give it a new secret, or have said of each alert that suspended it that it was you: there is another one.'
        : ' That ends as soon as you give it a new secret, or say that it was you.',
    ]),
  ];
}
