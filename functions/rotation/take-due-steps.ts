import { type KeyDependencies, mintSecret } from '../keys/index.ts';
import {
  type KeyItem,
  newHandover,
  nextVersion,
  type RotationPolicy,
  rotated,
  type TimerAction,
} from '../keys/rules/index.ts';
import { commit } from '../runtime/dynamodb.ts';
import type { Act, Change } from '../runtime/rules/change.ts';
import { afterStep, changeOfStep, dueStep, rescheduled } from './rules/due-step.ts';

export interface RotationDependencies extends Omit<KeyDependencies, 'idempotency'> {
  readonly policy: RotationPolicy;
}

/** More than a key can have due at once: what goes round in circles is a fault. */
const mostSteps = 12;

/**
 * Takes all steps that are due for one key, each as one conditional write. The key is read once; where somebody else
 * changes it meanwhile, what is left is done by the next sweep.
 * @param onStep told of each step that was written
 * @throws whatever a store throws, and Error for an item that cannot be understood: the sweep goes on with other keys
 */
export async function takeDueSteps(
  keyId: string,
  act: Act,
  dependencies: RotationDependencies,
  onStep: (action: TimerAction, waitingSince: string) => void,
): Promise<void> {
  const { client, keys, policy } = dependencies;
  const found = await keys.get(keyId);
  if (found === undefined) return;
  let key: KeyItem = found;
  for (let steps = 0; steps < mostSteps; steps++) {
    const due = dueStep(key, act.now, policy);
    if (due === undefined) {
      const isLate = key.nextActionAt !== undefined && Date.parse(key.nextActionAt) <= act.now.getTime();
      if (!isLate) return;
    }
    const next =
      due === undefined
        ? rescheduled(key, act, policy)
        : await afterDueStep(key, due.action, act, dependencies);
    if ((await commit(client, [keys.replacement(next)])).kind === 'refused') return;
    // A key that was changed after its time (resumed, say) has waited since then.
    if (due !== undefined) onStep(due.action, due.at > key.change.at ? due.at : key.change.at);
    key = next;
  }
  throw new Error(`key ${keyId} has something due after ${mostSteps} steps`);
}

function afterDueStep(
  key: KeyItem,
  action: TimerAction,
  act: Act,
  dependencies: RotationDependencies,
): KeyItem | Promise<KeyItem> {
  const change = changeOfStep(action, act);
  return action === 'rotate'
    ? rotatedBySchedule(key, change, dependencies)
    : afterStep(key, action, change, dependencies.policy);
}

/** The owner alone gets the new secret, by mail; the old one goes on for the tier's grace. */
async function rotatedBySchedule(
  key: KeyItem,
  change: Change,
  dependencies: RotationDependencies,
): Promise<KeyItem> {
  const { policy } = dependencies;
  const { keyId, prefix, tier } = key;
  const graceHours = policy.graceHours[tier];
  if (graceHours === undefined) throw new Error(`tier ${tier} is unknown in this stage`);
  const { secret, sealed } = await mintSecret(
    { prefix, keyId, version: nextVersion(key) },
    true,
    dependencies,
  );
  if (sealed === undefined) throw new Error('the new secret was not sealed');
  const handover = newHandover(
    { ...sealed, answered: false },
    { cause: 'schedule', at: change.at },
    graceHours,
    key.revision + 1,
  );
  return rotated(key, { ...secret, handover }, { graceHours }, change, policy).key;
}
