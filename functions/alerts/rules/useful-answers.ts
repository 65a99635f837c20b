import type { KeyItem } from '../../keys/rules/index.ts';
import { holdersOf, later } from '../../keys/rules/index.ts';
import { type AlertAnswer, type AlertItem, alertAnswers } from './alert-item.ts';
import { isAboutMonth } from './signal.ts';

/** For so long after it was over, an alert offers to end what it was about. */
const afterwardsMilliseconds = 7 * 86_400_000;

export type AnsweredKey = Pick<KeyItem, 'suspensions' | 'revokedAt'>;

/** Whether an alert is about one key's secret: a month that is used up is no matter of one key. */
export function isAboutKey({ keyId, kind }: Pick<AlertItem, 'keyId' | 'kind'>): boolean {
  return keyId !== undefined && !isAboutMonth(kind);
}

/** Whether the key is suspended because something was unusual. */
export function isHeldBack(key: AnsweredKey | undefined): boolean {
  return key !== undefined && key.revokedAt === undefined && key.suspensions.anomaly !== undefined;
}

/** Whether the key is suspended because of this alert: of several, each holds it. */
function isHolding({ alertId }: Pick<AlertItem, 'alertId'>, key: AnsweredKey | undefined): boolean {
  return key !== undefined && isHeldBack(key) && holdersOf(key).includes(alertId);
}

/**
 * The answers that make a difference now, for whoever is to choose one. An alert that holds its key offers what lets it go
 * on, however old it is.
 * @param key that it is about, where there is one
 */
export function usefulAnswers(alert: AlertItem, key: AnsweredKey | undefined, now: Date): AlertAnswer[] {
  const isRecent =
    alert.closedAt === undefined || later(alert.closedAt, afterwardsMilliseconds) > now.toISOString();
  const isAboutLive = isAboutKey(alert) && key !== undefined && key.revokedAt === undefined;
  const holds = isHolding(alert, key);
  const causes = Object.keys(key?.suspensions ?? {});
  const useful: Record<AlertAnswer, boolean> = {
    suspend: isAboutLive && isRecent && key.suspensions.owner === undefined,
    rotate:
      isAboutLive &&
      (isRecent || holds) &&
      alert.rotatedAt === undefined &&
      causes.every((cause) => cause === 'anomaly' || cause === 'owner'),
    expected: alert.status === 'open' || holds,
  };
  return alertAnswers.filter((answer) => useful[answer]);
}
