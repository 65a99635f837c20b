import type { AccountAlert, AlertAnswer } from '../api/types.ts';

type Kind = AccountAlert['kind'];
export type Severity = AccountAlert['severity'];

/** From most to least urgent. */
const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** How urgent an alert is, in a word. */
export const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'For your information',
};

/** Of `Badge` and `Notice`. */
export const severityTones = {
  critical: 'danger',
  warning: 'warn',
  info: 'accent',
} as const satisfies Record<Severity, string>;

const titles: Readonly<Record<Exclude<Kind, 'refusals' | 'quota-threshold'>, string>> = {
  surge: 'Many more requests than usual',
  silence: 'No requests any more',
  'woke-up': 'In use again after a long time',
  'new-network': 'Requests from a new network',
  'quota-forecast': 'The month’s requests will not last',
};

/**
 * What was unusual, in a few words; how unusual, its explanation tells. The words of the mails: see
 * `functions/alerts/rules/alert-title.ts`.
 */
export function alertTitle({ kind, of }: Pick<AccountAlert, 'kind' | 'of'>): string {
  if (kind === 'refusals') return ofRefusals(of);
  return kind === 'quota-threshold' ? ofThreshold(of) : titles[kind];
}

function ofRefusals(status: string): string {
  if (status === '401') return 'Many requests with a wrong or old secret';
  if (status === '429') return 'Many requests over the limit';
  return 'Many requests that were not permitted';
}

function ofThreshold(of: string): string {
  const percent = /\/(\d{1,3})$/.exec(of)?.[1];
  if (percent === undefined) return 'A large part of the month’s requests is used';
  return percent === '100'
    ? 'The month’s requests are used up'
    : `${percent} % of the month’s requests are used`;
}

const meanings: Readonly<Record<Kind, string>> = {
  surge: 'Something of yours may ask more often than before. Or somebody else has the secret.',
  silence: 'What uses this key may have stopped, or may have lost its secret.',
  'woke-up': 'You may have started something again. Or somebody has found an old secret.',
  refusals:
    'Something of yours may use an old secret, or ask too fast. Or somebody is trying what the key can do.',
  'new-network':
    'What uses this key may have moved, or there is a new place for it. Or somebody else has the secret.',
  'quota-threshold':
    'Once all are used, requests are refused until the next month begins. A larger tier takes effect at once.',
  'quota-forecast':
    'Once all are used, requests are refused until the next month begins. A larger tier takes effect at once.',
};

/** What may be behind it. */
export const whatItMeans = ({ kind }: Pick<AccountAlert, 'kind'>): string => meanings[kind];

/** Whether it is about the requests of the month, which no key’s secret changes. */
export function isAboutMonth({ kind }: Pick<AccountAlert, 'kind'>): boolean {
  return kind === 'quota-threshold' || kind === 'quota-forecast';
}

/** What the owner has said, as a sentence without its end. */
export function whatYouSaid(alert: Pick<AccountAlert, 'kind'>, answer: AlertAnswer): string {
  if (answer === 'suspend') return 'You suspended the key';
  if (answer === 'rotate') return 'You gave the key a new secret';
  return isAboutMonth(alert) ? 'You know of it' : 'You said that this was you';
}

/** Why an alert is open no more, as a sentence without its end; undefined where it is open. */
export function whyClosed(alert: Pick<AccountAlert, 'kind' | 'closedBecause'>): string | undefined {
  const { closedBecause } = alert;
  if (closedBecause === undefined) return undefined;
  // It may go on, and be the new usual: see docs/alerts.md, "How an incident lives".
  if (closedBecause === 'over') return 'It closed by itself';
  if (closedBecause === 'key-ended') return 'The key was revoked';
  return whatYouSaid(alert, closedBecause);
}

/** The most urgent first; of those that are as urgent, the newest. */
export function mostUrgentFirst(alerts: readonly AccountAlert[]): AccountAlert[] {
  return alerts.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) || (a.alertId < b.alertId ? 1 : -1),
  );
}
