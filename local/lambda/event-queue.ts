import type { Clock } from '../clock.ts';

/** Asynchronous invocations, with Lambda's retries. They live in memory: what waits at the end of the process is lost. */
export interface EventQueue {
  /** Starts an invocation in the background. */
  accept(event: QueuedEvent): void;
  /** Gives up what waits for a retry. */
  close(): void;
}

export interface QueuedEvent {
  readonly requestId: string;
  attempt(): Promise<'succeeded' | 'failed' | 'throttled'>;
  log(line: string): void;
  /** It is not attempted any more. */
  discarded?(): void;
}

/** A function error is retried twice, after one and after two minutes. */
const RETRY_DELAYS_MILLISECONDS = [60_000, 120_000];
/** A throttled event is tried again after 1 s, 2 s, 4 s, ... 5 min, for six hours. */
const MAXIMUM_BACKOFF_MILLISECONDS = 300_000;
const MAXIMUM_AGE_MILLISECONDS = 6 * 3_600_000;

interface Waiting {
  readonly due: number;
  readonly timer: NodeJS.Timeout;
  readonly run: () => Promise<void>;
}

/** Delays are of the moved clock: a move that passes a retry runs it before the move is over. */
export function createEventQueue(clock: Clock): EventQueue {
  const waiting = new Set<Waiting>();
  let closed = false;

  clock.onMove(async (_from, to) => {
    const due = [...waiting].filter((entry) => entry.due <= to);
    await Promise.all(due.map((entry) => start(entry)));
  });

  function start(entry: Waiting): Promise<void> {
    waiting.delete(entry);
    clearTimeout(entry.timer);
    return entry.run();
  }

  function later(delay: number, run: () => Promise<void>): void {
    if (closed) return;
    const entry: Waiting = {
      due: clock.now() + delay,
      timer: setTimeout(() => void start(entry), delay),
      run,
    };
    waiting.add(entry);
  }

  function discard(event: QueuedEvent, why: string): void {
    event.log(`Event discarded: ${why}`);
    event.discarded?.();
  }

  async function attempt(
    event: QueuedEvent,
    acceptedAt: number,
    failures: number,
    throttles: number,
  ): Promise<void> {
    const result = await event.attempt();
    if (result === 'succeeded' || closed) return;
    if (result === 'throttled') {
      if (clock.now() - acceptedAt > MAXIMUM_AGE_MILLISECONDS) return discard(event, 'throttled for 6 hours');
      const delay = Math.min(1000 * 2 ** throttles, MAXIMUM_BACKOFF_MILLISECONDS);
      return later(delay, () => attempt(event, acceptedAt, failures, throttles + 1));
    }
    const attempts = RETRY_DELAYS_MILLISECONDS.length + 1;
    const delay = RETRY_DELAYS_MILLISECONDS[failures];
    if (delay === undefined) return discard(event, `attempt ${attempts} of ${attempts} failed`);
    event.log(
      `Attempt ${failures + 1} of ${attempts} of the event failed; the next follows in ${delay / 1000} s`,
    );
    later(delay, () => attempt(event, acceptedAt, failures + 1, throttles));
  }

  return {
    accept(event) {
      void attempt(event, clock.now(), 0, 0);
    },
    close() {
      closed = true;
      for (const { timer } of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
