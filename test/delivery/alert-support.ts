import {
  type AlertItem,
  acknowledged,
  answered,
  closed,
  opened,
  updated,
} from '../../functions/alerts/rules/alert-item.ts';
import type { Signal } from '../../functions/alerts/rules/signal.ts';
import type { AlertChange } from '../../functions/delivery/rules/alert-news.ts';
import { change, iso, waiting } from './rules-support.ts';

export { iso };

let made = 0;

/** An id of its own for each alert, for an instance remembers what it has told. */
export function newAlertId(): string {
  made += 1;
  return `alert_01KP2Q3R4S5T6V7W8X${String(made).padStart(8, '0')}`;
}

export const surge: Signal = {
  kind: 'surge',
  severity: 'warning',
  of: '',
  explanation: '412 requests between 11:00 and 12:00 UTC; usual for this hour: 9–21.',
  facts: { requests: 412 },
};

/** An alert about the key `waiting`, opened at noon. */
export function alertOf(
  signal: Partial<Signal> = {},
  about: { readonly subscriptionId?: string; readonly keyId?: string | undefined } = {},
): AlertItem {
  const { subscriptionId = waiting.subscriptionId } = about;
  const keyId = 'keyId' in about ? about.keyId : waiting.keyId;
  const opening = { alertId: newAlertId(), subscriptionId, keyId, tier: 'pro', openShard: 3 };
  return opened(opening, { ...surge, ...signal }, change('open-alert'));
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing changed');
  return value;
}

/** What can become of an alert, as the functions write it. */
export const becomes = {
  opened: (after: AlertItem): AlertChange => ({ after }),
  updated: (before: AlertItem, signal: Partial<Signal>): AlertChange => ({
    before,
    after: present(updated(before, { ...surge, ...before, ...signal }, change('update-alert', 1))),
  }),
  closed: (before: AlertItem, because: Parameters<typeof closed>[1] = 'over'): AlertChange => ({
    before,
    after: present(closed(before, because, change('close-alert', 4))),
  }),
  answered: (before: AlertItem, answer: Parameters<typeof answered>[1]): AlertChange => ({
    before,
    after: present(answered(before, answer, change('answer-alert', 1))),
  }),
  acknowledged: (before: AlertItem): AlertChange => ({
    before,
    after: present(acknowledged(before, { by: 'grace' }, change('acknowledge-alert', 1))),
  }),
};
