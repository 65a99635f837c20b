import type { AccountAlert, AccountKey, AlertAnswer } from '../api/types.ts';
import { isAboutMonth } from './alert-words.ts';

const answers: readonly AlertAnswer[] = ['suspend', 'rotate', 'expected'];

/** Which answer a link in a mail offers (`?do=suspend`); undefined where there is none that this page knows. */
export function answerIn(search: string): AlertAnswer | undefined {
  const wanted = new URLSearchParams(search).get('do');
  return answers.find((each) => each === wanted);
}

/**
 * Why an answer makes no sense any more. `said`: it was given. `whole-account`: there is no key to do it with. `key-ended`:
 * the key was revoked. `stopped`: the owner has suspended the key. `held`: it is suspended for more than what was unusual.
 * `over`: there is nothing left to answer.
 */
export type WhyNot = 'said' | 'whole-account' | 'key-ended' | 'stopped' | 'held' | 'over';

/**
 * Why an answer that was asked for is not offered; undefined where it is.
 * @param key that the alert is about, as far as it is known
 */
export function whyNot(
  alert: AccountAlert,
  answer: AlertAnswer,
  key: AccountKey | undefined,
): WhyNot | undefined {
  if (alert.answers.includes(answer)) return undefined;
  if (alert.answer?.answer === answer) return 'said';
  if (answer !== 'expected' && (alert.keyId === undefined || isAboutMonth(alert))) return 'whole-account';
  if (key?.status === 'revoked' || alert.closedBecause === 'key-ended') return 'key-ended';
  if (answer === 'suspend' && key?.suspensions.owner !== undefined) return 'stopped';
  if (answer === 'rotate' && key?.status === 'suspended') return 'held';
  return 'over';
}

/** Kinds for which a key is never suspended by itself. */
const neverSuspend: ReadonlySet<AccountAlert['kind']> = new Set([
  'silence',
  'quota-threshold',
  'quota-forecast',
]);

/** The alert because of which a key is suspended (cause `anomaly`): the last one of the key before that. */
export function alertBehind(
  { keyId, suspensions: { anomaly } }: Pick<AccountKey, 'keyId' | 'suspensions'>,
  alerts: readonly AccountAlert[],
): AccountAlert | undefined {
  if (anomaly === undefined) return undefined;
  return alerts
    .filter((each) => each.keyId === keyId && !neverSuspend.has(each.kind) && each.openedAt <= anomaly.at)
    .toSorted((a, b) => (a.alertId < b.alertId ? 1 : -1))[0];
}
