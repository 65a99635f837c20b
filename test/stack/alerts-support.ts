import { type AlertItem, opened } from '../../functions/alerts/rules/alert-item.ts';
import { examine, type Model } from '../../functions/alerts/rules/index.ts';
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

const hour = 3_600_000;

/** What is usual after a time in which each hour was like the other, as table Activity keeps it. Epoch milliseconds. */
export function usualModel(requests: number, from: number, to: number): string {
  let model: Model | undefined;
  for (let at = from; at < to; at += hour) {
    // A little up and down, or every difference would be a sensation.
    const count = Math.round(requests * (1 + 0.2 * Math.sin(at / 7e6)));
    const sight = { from: at, to: Math.min(at + hour, to), requests: count, refused: {}, networks: [] };
    model = examine(model, sight).model;
  }
  return JSON.stringify(model);
}
