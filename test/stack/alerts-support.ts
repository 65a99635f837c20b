import { type AlertItem, opened } from '../../functions/alerts/rules/alert-item.ts';
import type { Signal } from '../../functions/alerts/rules/signal.ts';

/** What the tests of alerts share. */

/** A signal as a look finds one; what a test is about stands in its place. */
export function aSignal(signal: Partial<Signal> = {}): Signal {
  return {
    kind: 'surge',
    severity: 'warning',
    of: '',
    explanation: '412 requests between 03:00 and 04:00 UTC on 27 November; usual for this hour: 9–21.',
    facts: { requests: 412, usualLow: 9, usualHigh: 21 },
    ...signal,
  };
}

/** An alert as the hourly look writes it. @param at epoch milliseconds */
export function openAlert(
  subscriptionId: string,
  at: number,
  signal: Partial<Signal> = {},
  keyId?: string,
): AlertItem {
  const id = Array.from({ length: 26 }, () => ulidAlphabet[Math.floor(Math.random() * 32)]).join('');
  return opened(
    { alertId: `alert_${id}`, subscriptionId, keyId, tier: 'pro', openShard: 3 },
    aSignal(signal),
    {
      action: 'open-alert',
      actor: { kind: 'system', id: 'detect-anomalies' },
      requestId: 'a-request',
      at: new Date(at).toISOString(),
    },
  );
}

const ulidAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
