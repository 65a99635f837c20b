import { dueShards, type TimerAction } from '../keys/rules/index.ts';
import type { Act } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import type { DueKey, DueStore } from './stores/due-store.ts';
import { type RotationDependencies, takeDueSteps } from './take-due-steps.ts';

export interface SweepReport {
  /** Keys that had something due. */
  readonly due: number;
  /** Steps that were written, by kind. */
  readonly steps: Readonly<Record<TimerAction, number>>;
  /** Keys that could not be dealt with; they are due still. */
  readonly failed: number;
  /** Seconds by which the most overdue step was late. */
  readonly oldestLagSeconds: number;
  /** Whether time ran out before all was done: the next sweep goes on. */
  readonly stoppedEarly: boolean;
}

const keysAtOnce = 16;

/**
 * Walks what is due, shard by shard, in each the most overdue first. Running twice, twice at once or dying half-way changes
 * nothing twice: each step is one write on condition that the key has not changed since it was read.
 * @param hasTime false when no more may be begun
 */
export async function sweep(
  act: Act,
  hasTime: () => boolean,
  dependencies: RotationDependencies & { readonly dueKeys: DueStore },
): Promise<SweepReport> {
  const steps = { notice: 0, rotate: 0, remind: 0, retire: 0, redeliver: 0, 'expire-handover': 0 };
  let due = 0;
  let failed = 0;
  let oldestLagSeconds = 0;

  function noteLag(since: string): void {
    const lag = Math.floor((act.now.getTime() - Date.parse(since)) / 1000);
    oldestLagSeconds = Math.max(oldestLagSeconds, lag);
  }

  async function take({ keyId, dueAt }: DueKey): Promise<void> {
    due += 1;
    try {
      await takeDueSteps(keyId, act, dependencies, (action, waitingSince) => {
        steps[action] += 1;
        noteLag(waitingSince);
      });
    } catch (error) {
      failed += 1;
      noteLag(dueAt);
      logger.error('a key could not be dealt with', { keyId, dueAt, ...describeError(error) });
    }
  }

  for (let shard = 0; shard < dueShards; shard++) {
    for await (const page of dependencies.dueKeys.due(shard, act.now)) {
      for (let from = 0; from < page.length; from += keysAtOnce) {
        if (!hasTime()) return { due, steps, failed, oldestLagSeconds, stoppedEarly: true };
        await Promise.all(page.slice(from, from + keysAtOnce).map(take));
      }
    }
  }
  return { due, steps, failed, oldestLagSeconds, stoppedEarly: false };
}
