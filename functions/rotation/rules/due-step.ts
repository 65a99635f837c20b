import {
  changed,
  handoverEnded,
  isPast,
  type KeyItem,
  nextTimer,
  noticed,
  type RotationPolicy,
  redelivered,
  reminded,
  retired,
  type TimerAction,
  withTimer,
} from '../../keys/rules/index.ts';
import type { Act, Change } from '../../runtime/rules/change.ts';
import { changeOf } from '../../runtime/rules/change.ts';

/** What the record calls each step. */
const actions = {
  notice: 'notice-rotation',
  rotate: 'rotate-key',
  remind: 'remind-owner',
  retire: 'retire-secret',
  redeliver: 'redeliver',
  'expire-handover': 'expire-handover',
} as const satisfies Record<TimerAction, string>;

/** What is due for a key now, by the rules and intervals of today, whatever its item said when it was written. */
export function dueStep(
  key: KeyItem,
  now: Date,
  policy: RotationPolicy,
): { readonly action: TimerAction; readonly at: string } | undefined {
  const next = nextTimer(key, policy);
  return next !== undefined && isPast(next.at, now) ? next : undefined;
}

export function changeOfStep(action: TimerAction, act: Act): Change {
  return changeOf(actions[action], act);
}

/** A key after one step, except a rotation, which needs a new secret. */
export function afterStep(
  key: KeyItem,
  action: Exclude<TimerAction, 'rotate'>,
  change: Change,
  policy: RotationPolicy,
): KeyItem {
  switch (action) {
    case 'notice':
      return noticed(key, change, policy);
    case 'remind':
      return reminded(key, change, policy);
    case 'retire':
      return retired(key, change, policy);
    case 'redeliver':
      return redelivered(key, change, policy);
    case 'expire-handover': {
      const { handover } = key;
      if (handover === undefined) throw new Error('a handover that is not there cannot expire');
      return changed(key, { handover: handoverEnded(handover, change) }, change, policy);
    }
  }
}

/** A key whose timer no longer fits the intervals: they were changed since it was written. */
export function rescheduled(key: KeyItem, act: Act, policy: RotationPolicy): KeyItem {
  return withTimer({ ...key, revision: key.revision + 1, change: changeOf('reschedule', act) }, policy);
}
