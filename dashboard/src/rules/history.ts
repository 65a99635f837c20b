import type { AuditEntry } from '../api/types.ts';

/** What each change on record is called; a change that has no words here is told by its own name. */
const words: Readonly<Record<string, string>> = {
  'generate-key': 'Key made',
  'rotate-key': 'New secret made',
  'revoke-key': 'Key revoked',
  'suspend-key': 'Key suspended',
  'resume-key': 'Key works again',
  'change-tier': 'Tier changed',
  'notice-rotation': 'Rotation announced by mail',
  'remind-owner': 'Reminder: the old secret ends soon',
  'retire-secret': 'Old secret ended',
  'expire-handover': 'Waiting secret ended, nobody took it',
  'send-key': 'Mail sent to you',
  'mail-delivered': 'Mail delivered',
  'mail-bounced': 'Mail came back',
  complaint: 'Mail reported as spam',
  'fail-delivery': 'Mail given up',
  redeliver: 'Mail sent again',
  'open-claim': 'Secret claimed',
  'renew-claim': 'New link asked for',
  'remail-claim': 'Link mailed again',
  'dispute-claim': '“That was not me”: secret replaced',
  'store-secret': 'Secret stored',
  'rotate-pepper': 'Protection renewed',
  'open-account': 'Account opened',
  'join-account': 'Account joined to this sign-in',
  'create-subscription': 'Account made by support',
  'update-subscription': 'Settings changed',
  'choose-tier': 'Tier chosen',
  'begin-checkout': 'Payment begun',
  'payment-changed': 'Payment updated',
  'payment-failed': 'Payment failed',
  'remind-payment': 'Reminder: a payment is missing',
  'payment-recovered': 'Missing payment made',
  'payment-reversed': 'Payment taken back',
  'payment-restored': 'Payment stands again',
  'request-tier': 'Tier asked for',
  'withdraw-request': 'Request withdrawn',
  'approve-request': 'Request approved',
  'decline-request': 'Request declined',
};

/** Steps of the machinery: on record, and of no interest beside what they belong to. */
const machinery = new Set(['reschedule', 'plan-usage-key', 'send-mail', 'defer-mail']);

export const isOfInterest = ({ action }: Pick<AuditEntry, 'action'>): boolean => !machinery.has(action);

export function whatHappened({ action, state }: Pick<AuditEntry, 'action'> & Partial<AuditEntry>): string {
  const left = Object.keys(state?.['suspensions'] ?? {});
  if (action === 'resume-key' && left.length > 0) return 'Suspended for one cause less';
  const plain = action.replaceAll('-', ' ');
  return words[action] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** The alert that a reason names, where there is one. */
export function alertIn(reason: string): string | undefined {
  return /\balert_[0-9A-HJKMNP-TV-Z]{26}\b/.exec(reason)?.[0];
}

/** By whom, as a reader of the own record would say it. */
export function byWhom({ actor }: Pick<AuditEntry, 'actor'>): string {
  if (actor.kind === 'admin') return 'by support';
  if (actor.kind === 'system') return 'automatically';
  return actor.id === 'link' ? 'by whoever had the link' : 'by you';
}
