import type { AlertItem, AlertKind, Severity } from '../../alerts/rules/index.ts';
import { holdersOf, type KeyItem, loggableForm } from '../../keys/rules/index.ts';
import type { SubscriptionItem } from '../../subscriptions/rules/index.ts';
import type { AlertTurn } from './alert-news.ts';

/**
 * What a mail tells its reader of something unusual: everything that its template needs. Times are ISO 8601 in UTC. No
 * secret is ever in one.
 */
export interface AlertMail {
  readonly kind: `alert-${AlertTurn}`;
  readonly alertId: string;
  readonly what: AlertKind;
  /** See `Signal.of`. */
  readonly of: string;
  readonly severity: Severity;
  /** What was seen and what is usual, in plain words. */
  readonly explanation: string;
  readonly openedAt: string;
  /** Of the change that it tells of. */
  readonly at: string;
  /** Whether that was more than three hours ago. */
  readonly isLate: boolean;
  readonly subscriptionId: string;
  /** The owner's name, where it is known. */
  readonly name?: string;
  /** The dashboard's origin. */
  readonly dashboardUrl: string;
  /** Absent where it is about the whole subscription. */
  readonly key?: AlertedKey;
}

export interface AlertedKey {
  readonly keyId: string;
  /** The loggable form: the first 10 characters and `...`. */
  readonly display: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Since when it is suspended because something was unusual; absent where it is not. */
  readonly suspendedAt?: string;
  /** Other alerts suspended it: what is answered to this one does not let it go on. */
  readonly isHeldElsewhere?: true;
}

/** What mails about alerts need beside the alert, its key and its owner. */
export interface AlertMailContext {
  readonly dashboardUrl: string;
  readonly now: Date;
}

/** A mail that waited for longer, 3 hours, says of when it is; after 24 hours the stream gives it no more. */
const lateMilliseconds = 3 * 3_600_000;

export function alertMail(
  turn: AlertTurn,
  alert: AlertItem,
  { key, owner }: { readonly key: KeyItem | undefined; readonly owner: Pick<SubscriptionItem, 'name'> },
  { dashboardUrl, now }: AlertMailContext,
): AlertMail {
  const { alertId, kind: what, of, severity, explanation, openedAt, subscriptionId } = alert;
  const { at } = alert.change;
  return {
    kind: `alert-${turn}`,
    alertId,
    what,
    of,
    severity,
    explanation,
    openedAt,
    at,
    isLate: now.getTime() - Date.parse(at) > lateMilliseconds,
    subscriptionId,
    ...(owner.name === undefined ? {} : { name: owner.name }),
    dashboardUrl,
    ...(key === undefined ? {} : { key: alertedKey(key, alertId) }),
  };
}

function alertedKey(key: KeyItem, alertId: string): AlertedKey {
  const { keyId, prefix, name, suspensions } = key;
  const since = suspensions.anomaly?.at;
  const isHeldElsewhere = holdersOf(key).some((id) => id !== alertId);
  return {
    keyId,
    display: loggableForm(prefix, keyId),
    name,
    ...(since === undefined ? {} : { suspendedAt: since }),
    ...(isHeldElsewhere ? { isHeldElsewhere } : {}),
  };
}
