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
 * the key was revoked. `stopped`: the owner has suspended the key. `held`: support or a payment holds it. `otherwise`: another
 * answer was given. `over`: there is nothing left to answer.
 */
export type WhyNot = 'said' | 'whole-account' | 'key-ended' | 'stopped' | 'held' | 'otherwise' | 'over';

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
  if (alert.answer?.answer === answer || (answer === 'rotate' && alert.rotatedAt !== undefined))
    return 'said';
  if (answer !== 'expected' && (alert.keyId === undefined || isAboutMonth(alert))) return 'whole-account';
  if (key?.status === 'revoked' || alert.closedBecause === 'key-ended') return 'key-ended';
  const { owner, anomaly: _unusual, ...others } = key?.suspensions ?? {};
  if (answer !== 'rotate' && owner !== undefined) return 'stopped';
  // A key that only its owner, or what was unusual, has suspended can be rotated meanwhile.
  if (answer === 'rotate' && Object.keys(others).length > 0) return 'held';
  return alert.answer === undefined ? 'over' : 'otherwise';
}

/** The alerts because of which a key is suspended (cause `anomaly`): each of them holds it. */
export function holdersOf(key: Pick<AccountKey, 'suspensions'> | undefined): readonly string[] {
  return key?.suspensions.anomaly?.alertIds ?? [];
}

/**
 * What "this was me" does to the key. `nothing`: it works, and goes on. `frees`: it works again. `held`: another alert goes on
 * holding it, as `by` tells. `stays`: it is suspended for something else.
 */
export type AfterExpected =
  | { readonly kind: 'nothing' | 'frees' | 'stays' }
  | { readonly kind: 'held'; readonly by: string };

export function afterExpected(
  { alertId, suspendedKey }: Pick<AccountAlert, 'alertId' | 'suspendedKey'>,
  key: Pick<AccountKey, 'suspensions'> | undefined,
): AfterExpected {
  if (!suspendedKey) return { kind: 'nothing' };
  const holders = holdersOf(key);
  const other = holders.find((id) => id !== alertId);
  if (other !== undefined) return { kind: 'held', by: other };
  const causes = Object.keys(key?.suspensions ?? {});
  return { kind: holders.length > 0 && causes.length === 1 ? 'frees' : 'stays' };
}
