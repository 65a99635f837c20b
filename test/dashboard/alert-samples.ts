import type { AccountAlert, AccountKey } from '../../dashboard/src/api/types.ts';
import { inHours, keyOf } from './account-samples.ts';

/** An open alert of the sample key; `n` is its place in time. */
export function alertOf(n: number, differing: Partial<AccountAlert> = {}): AccountAlert {
  const { keyId, name } = keyOf();
  return {
    alertId: `alert_${String(n).padStart(26, '0')}`,
    keyId,
    keyName: name,
    kind: 'surge',
    of: '',
    severity: 'warning',
    status: 'open',
    explanation: '412 requests between 03:00 and 04:00 UTC on 27 November; usual for this hour: 9–21.',
    openedAt: inHours(-6),
    updatedAt: inHours(-1),
    suspendedKey: false,
    answers: ['suspend', 'rotate', 'expected'],
    ...differing,
  };
}

/** Why a key is suspended that these alerts hold. */
export function held(...alerts: readonly number[]): AccountKey['suspensions'] {
  return { anomaly: { at: inHours(-2), alertIds: alerts.map((n) => alertOf(n).alertId) } };
}
