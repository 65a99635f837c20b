import type { Change } from '../../runtime/rules/change.ts';
import type { KeyItem } from './key-item.ts';
import { resumed, suspended, suspensionsWithout } from './lifecycle.ts';
import { type TimerPolicy, withTimer } from './timer.ts';

/** The alerts that a key is suspended for (cause `anomaly`), the first one first: it is so until none of them holds it. */
export function holdersOf({ suspensions }: Pick<KeyItem, 'suspensions'>): readonly string[] {
  return suspensions.anomaly?.alertIds ?? [];
}

/**
 * Suspends a key for an alert. Where another one holds it already, both do; since when stays as it is.
 * @returns undefined where this alert holds it already
 */
export function held(
  key: KeyItem,
  alertId: string,
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const holders = holdersOf(key);
  if (holders.includes(alertId)) return undefined;
  const first = key.suspensions.anomaly === undefined ? suspended(key, 'anomaly', change, policy) : key;
  const anomaly = first?.suspensions.anomaly;
  if (anomaly === undefined) return undefined;
  const suspensions = { ...key.suspensions, anomaly: { ...anomaly, alertIds: [...holders, alertId] } };
  return withTimer({ ...key, suspensions, revision: key.revision + 1, change }, policy);
}

/**
 * An alert holds a key no more. With the last one the cause goes, and no other cause ever.
 * @returns undefined where this alert does not hold it
 */
export function letGo(
  key: KeyItem,
  alertId: string,
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  if (!holdersOf(key).includes(alertId)) return undefined;
  const suspensions = withoutHolder(key, alertId);
  if (suspensions.anomaly === undefined) return resumed(key, 'anomaly', change, policy);
  return withTimer({ ...key, suspensions, revision: key.revision + 1, change }, policy);
}

/**
 * The owner suspends a key that an alert may hold: the owner's own suspension stands in place of that alert's.
 * @returns undefined where that changes nothing
 */
export function stoppedByOwner(
  key: KeyItem,
  alertId: string,
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  if (key.suspensions.owner !== undefined) return letGo(key, alertId, change, policy);
  return suspended({ ...key, suspensions: withoutHolder(key, alertId) }, 'owner', change, policy);
}

function withoutHolder(key: KeyItem, alertId: string): KeyItem['suspensions'] {
  const { anomaly } = key.suspensions;
  const holders = holdersOf(key);
  const alertIds = holders.filter((id) => id !== alertId);
  if (anomaly === undefined || alertIds.length === holders.length) return key.suspensions;
  return alertIds.length === 0
    ? suspensionsWithout(key, ['anomaly'])
    : { ...key.suspensions, anomaly: { ...anomaly, alertIds } };
}
