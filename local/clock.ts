import type { State } from './state.ts';

/**
 * The one clock of a local stack. Functions, schedules, TTL and quotas all read it, so that moving it by 83 days
 * moves everything by 83 days. The offset lives in shared memory: a function in its worker thread sees a move at
 * once, without a message.
 */
export interface Clock {
  /** Milliseconds since the epoch, on the moved clock. */
  now(): number;
  /** Shared with worker threads: one Float64 that holds the offset from the real clock in milliseconds. */
  readonly offset: SharedArrayBuffer;
  /**
   * Moves the clock forward to `target` (milliseconds since the epoch) in steps of at most one day: what runs in a
   * listener sees each simulated day while the clock stands at it. Listeners run before the promise resolves; moves
   * run one after the other.
   * @throws ClockMovedBackError when `target` lies before the clock; AggregateError when listeners failed (the clock
   *   has moved all the way then)
   */
  moveTo(target: number): Promise<void>;
  /** Called after each step of a move with the time before and the time after it, in the order of registration. */
  onMove(listener: (from: number, to: number) => Promise<void>): void;
}

/** A clock that went back would break what relies on order: versions, expiry, counters of a period. */
export class ClockMovedBackError extends Error {
  override readonly name = 'ClockMovedBackError';
}

const STEP_MILLISECONDS = 86_400_000;
/** A target this little behind is "now": the clock ticked on between its computation and the move. */
const TICK_MILLISECONDS = 1_000;

/**
 * The clock of a stack; its offset is kept in `state`, so that a restart keeps the moved time.
 * @param options.startsAt where a new one begins, in milliseconds since the epoch; now at the earliest
 */
export function createClock({ state, startsAt }: { state: State; startsAt?: number | undefined }): Clock {
  const kept = state.map<number>('clock');
  const offset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const cell = new Float64Array(offset);
  if (startsAt !== undefined && kept.get('offset') === undefined) {
    kept.put('offset', Math.max(0, startsAt - Date.now()));
  }
  cell[0] = kept.get('offset') ?? 0;
  const listeners: ((from: number, to: number) => Promise<void>)[] = [];
  let lastMove: Promise<void> = Promise.resolve();

  const currentOffset = () => cell[0] ?? 0;
  const now = () => Date.now() + currentOffset();

  async function step(to: number): Promise<unknown[]> {
    const from = now();
    // Real time passes while listeners run, so that a short last step may have been overtaken.
    const next = Math.max(currentOffset(), to - Date.now());
    // Kept before the listeners run: what they write is dated on the moved clock, so it must not be forgotten first.
    kept.put('offset', next);
    cell[0] = next;
    const arrived = now();
    const failures: unknown[] = [];
    for (const listener of listeners) {
      try {
        await listener(from, arrived);
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }

  async function move(target: number): Promise<void> {
    const start = now();
    if (!Number.isFinite(target) || target < start - TICK_MILLISECONDS) {
      throw new ClockMovedBackError(
        `The clock stands at ${new Date(start).toISOString()} and moves forward only; a fresh data folder starts at today.`,
      );
    }
    const failures: unknown[] = [];
    for (let at = start; at < target; ) {
      at = Math.min(at + STEP_MILLISECONDS, target);
      failures.push(...(await step(at)));
    }
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `The clock moved to ${new Date(target).toISOString()}, but something that runs on it failed: ${failures.map(String).join('; ')}`,
      );
    }
  }

  return {
    now,
    offset,
    moveTo: (target) => {
      const moved = lastMove.then(() => move(target));
      lastMove = moved.catch(() => {});
      return moved;
    },
    onMove: (listener) => {
      listeners.push(listener);
    },
  };
}
