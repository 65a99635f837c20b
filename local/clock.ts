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
  /** Moves the clock forward to `target` (milliseconds since the epoch). Listeners run before the promise resolves. */
  moveTo(target: number): Promise<void>;
  /** Called after each move with the time before and the time after it. */
  onMove(listener: (from: number, to: number) => Promise<void>): void;
}
