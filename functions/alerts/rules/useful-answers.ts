import type { KeyItem } from '../../keys/rules/index.ts';
import { later } from '../../keys/rules/index.ts';
import { type AlertAnswer, type AlertItem, alertAnswers } from './alert-item.ts';

/** For so long after it was over, an alert offers to end what it was about. */
const afterwardsMilliseconds = 7 * 86_400_000;

export type AnsweredKey = Pick<KeyItem, 'suspensions' | 'revokedAt'>;

/** Whether an alert is about one key's secret: a month that is used up is no matter of one key. */
export function isAboutKey({ keyId, kind }: Pick<AlertItem, 'keyId' | 'kind'>): boolean {
  return keyId !== undefined && kind !== 'quota-threshold' && kind !== 'quota-forecast';
}

/** Whether the key is suspended because something was unusual. */
export function isHeldBack(key: AnsweredKey | undefined): boolean {
  return key !== undefined && key.revokedAt === undefined && key.suspensions.anomaly !== undefined;
}

/**
 * The answers that make a difference now, for whoever is to choose one.
 * @param key that it is about, where there is one
 */
export function usefulAnswers(alert: AlertItem, key: AnsweredKey | undefined, now: Date): AlertAnswer[] {
  const isRecent =
    alert.closedAt === undefined || later(alert.closedAt, afterwardsMilliseconds) > now.toISOString();
  const canEnd = isAboutKey(alert) && key !== undefined && key.revokedAt === undefined && isRecent;
  const causes = Object.keys(key?.suspensions ?? {});
  const useful: Record<AlertAnswer, boolean> = {
    suspend: canEnd && key.suspensions.owner === undefined,
    rotate: canEnd && alert.answer?.answer !== 'rotate' && causes.every((cause) => cause === 'anomaly'),
    expected: alert.status === 'open' || isHeldBack(key),
  };
  return alertAnswers.filter((answer) => useful[answer]);
}
