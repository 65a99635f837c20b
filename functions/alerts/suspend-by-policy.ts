import type { KeyStore } from '../keys/index.ts';
import { held, type KeyItem, type TimerPolicy } from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended, type Write } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { logger } from '../runtime/telemetry.ts';
import type { SuspensionPolicy } from './contract.ts';
import { type AlertItem, withSuspension } from './rules/alert-item.ts';
import { demandsSuspension } from './rules/suspension-policy.ts';
import type { AlertStore } from './stores/alert-store.ts';

export interface SuspensionDependencies {
  readonly client: DocumentClient;
  readonly keys: Pick<KeyStore, 'get' | 'replacement'>;
  readonly alerts: Pick<AlertStore, 'get' | 'replacement'>;
  readonly suspensionPolicy: SuspensionPolicy;
  /** Absent where no tier has a policy: nothing is ever written then. */
  readonly timers?: TimerPolicy;
}

/** An alert and its key, as they are by now. */
export interface Alerted {
  readonly alert: AlertItem;
  /** Absent where the alert is about no key, or the key is not there any more. */
  readonly key?: KeyItem;
}

/**
 * Suspends the key of an alert where the policy demands it; where another alert has done so, this one holds it as well. Key
 * and alert are one write, on condition that both are as they were read: an answer of the owner's that comes at the same
 * moment wins, a key that is let go on at that moment is suspended all the same, and twice changes nothing.
 * @param seenFrom see `demandsSuspension`
 * @returns both as they are afterwards; undefined where there is no such alert
 */
export function suspendByPolicy(
  alertId: string,
  act: Act,
  { client, keys, alerts, suspensionPolicy, timers }: SuspensionDependencies,
  seenFrom?: string,
): Promise<Alerted | undefined> {
  return retryContended(async () => {
    const alert = await alerts.get(alertId);
    if (alert === undefined) return { done: undefined };
    const key = alert.keyId === undefined ? undefined : await keys.get(alert.keyId);
    if (key === undefined) return { done: { alert } };
    if (timers === undefined || !demandsSuspension(alert, key, suspensionPolicy, act.now, seenFrom))
      return { done: { alert, key } };
    const why = `${alertId}: ${alert.kind}, ${alert.severity}`;
    // Undefined where the alert holds its key already and does not say so: one of them was written past the product.
    const stopped = held(key, alertId, changeOf('suspend-key', act, why), timers);
    const noted = withSuspension(alert, changeOf('update-alert', act, 'its key is suspended by policy'));
    const writes: Write[] = [
      alerts.replacement(noted),
      ...(stopped === undefined ? [] : [keys.replacement(stopped)]),
    ];
    const { kind } = await commit(client, writes);
    if (kind !== 'written') return undefined;
    logger.info('suspended by policy', { alertId, keyId: key.keyId, severity: alert.severity });
    return { done: { alert: noted, key: stopped ?? key } };
  }, 'the key was not suspended').then(({ done }) => done);
}
