import {
  type AlertItem,
  type AlertKind,
  alertKinds,
  isAboutMonth,
  isAlertId,
  isAtLeast,
  isTakenForUsual,
  platform,
  severities,
} from '../../alerts/rules/index.ts';
import type { Preferences } from '../../subscriptions/rules/index.ts';

export { isAtLeast, platform } from '../../alerts/rules/index.ts';

/** What a change of an alert is for whoever has to be told: it began, it became more severe, no look tells it any more. */
export type AlertTurn = 'opened' | 'risen' | 'over';

/** Of a key that does not work: suspended for this very alert by policy, which is told whatever its owner prefers, or otherwise. */
export type KeyState = 'held' | 'suspended';

/** A change of an alert: the item before, where there was one, and after. */
export interface AlertChange {
  readonly before?: AlertItem;
  readonly after: AlertItem;
}

/**
 * Kinds whose end is worth a mail: of the others it is plain from the first one, or the month's end. And of a key alone: what
 * was told of a subscription ends, too, when one of its keys turns out to be the cause.
 */
const endIsTold: readonly AlertKind[] = ['surge', 'silence', 'refusals'];

/**
 * From nothing but the item before and after: a change that is delivered twice tells the same.
 * @returns undefined for a change of which nobody is told: an explanation with other figures, an answer
 */
export function turnOf({ before, after }: AlertChange): AlertTurn | undefined {
  if (after.status === 'closed') return after.closedBecause === 'over' && isOpen(before) ? 'over' : undefined;
  if (before === undefined) return 'opened';
  return isAtLeast(after.severity, before.severity) && after.severity !== before.severity
    ? 'risen'
    : undefined;
}

function isOpen(alert: AlertItem | undefined): boolean {
  return alert?.status !== 'closed';
}

/**
 * Whether its owner is mailed.
 * @param alert as it is by now: whoever answered knows of it
 * @param key how its key is by now; undefined where it works, or there is none
 */
export function isForOwner(
  turn: AlertTurn,
  alert: AlertItem,
  { mailAlerts }: Pick<Preferences, 'mailAlerts'>,
  key: KeyState | undefined,
): boolean {
  const { severity, subscriptionId, answer } = alert;
  if (subscriptionId === platform || answer !== undefined) return false;
  if (turn === 'over' && (key !== undefined || !isEndTold(alert))) return false;
  return key === 'held' || mailAlerts === 'all' || isAtLeast(severity, mailAlerts);
}

/**
 * Only an end that is one: what has become the new usual may go on, and nothing can come with a key that is suspended.
 */
function isEndTold(alert: AlertItem): boolean {
  const { severity, kind, keyId } = alert;
  const isWorthIt = severity !== 'info' && keyId !== undefined && endIsTold.includes(kind);
  return isWorthIt && !isTakenForUsual(alert);
}

/**
 * Whether the admins are told: of what is not just for information, and of all that is nobody else's. A month that is used
 * up is its owner's matter, and so is a key that asks more than its limits let through: each month it is that of many.
 */
export function isForAdmins(turn: AlertTurn, alert: AlertItem): boolean {
  const { severity, subscriptionId, kind, of } = alert;
  if (turn === 'over') return false;
  if (subscriptionId === platform) return true;
  const isOfLimits = isAboutMonth(kind) || (kind === 'refusals' && of === '429');
  return severity !== 'info' && !isOfLimits;
}

/** Whether an item is an alert as our functions write it: everything that is told of one. */
export function isAlert(item: unknown): item is AlertItem {
  const alert = item as Partial<AlertItem> | undefined;
  const texts = [
    alert?.subscriptionId,
    alert?.explanation,
    alert?.of,
    alert?.change?.action,
    alert?.change?.at,
  ];
  return (
    isAlertId(String(alert?.alertId)) &&
    texts.every((text) => typeof text === 'string') &&
    typeof alert?.revision === 'number' &&
    alertKinds.some((kind) => kind === alert.kind) &&
    severities.some((severity) => severity === alert.severity)
  );
}
