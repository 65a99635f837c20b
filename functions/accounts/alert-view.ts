import type * as z from 'zod';
import { type AlertItem, isHeldBack, usefulAnswers } from '../alerts/rules/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import type { accountAlert } from './alert-answers.ts';

export type AccountAlert = z.infer<typeof accountAlert>;

/**
 * An alert as its owner sees it: without who of support has seen it, and what they noted. Field by field, so that a new
 * field of the item cannot slip out.
 * @param key that it is about, as it is now
 */
export function accountAlertView(alert: AlertItem, key: KeyItem | undefined, now: Date): AccountAlert {
  const { alertId, keyId, kind, of, severity, status, explanation, openedAt, updatedAt } = alert;
  const { closedAt, closedBecause, answer, rotatedAt, acknowledged, suspended } = alert;
  return {
    alertId,
    ...(keyId === undefined ? {} : { keyId }),
    ...(key === undefined ? {} : { keyName: key.name }),
    kind,
    of,
    severity,
    status,
    explanation,
    openedAt,
    updatedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(closedBecause === undefined ? {} : { closedBecause }),
    ...(answer === undefined ? {} : { answer: { answer: answer.answer, at: answer.at } }),
    ...(rotatedAt === undefined ? {} : { rotatedAt }),
    ...(acknowledged === undefined ? {} : { acknowledged: { at: acknowledged.at } }),
    ...(suspended === undefined ? {} : { suspended: { at: suspended.at } }),
    suspendedKey: isHeldBack(key),
    answers: usefulAnswers(alert, key, now),
  };
}
