import type { Clock } from '../clock.ts';
import type { ChangeStream } from '../dynamodb/stream-log.ts';
import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { createBell } from './bell.ts';
import { deliverBatch } from './deliver-batch.ts';
import type { Mapping } from './read-mappings.ts';
import type { Outcome } from './retry-policy.ts';
import { takeBatch } from './take-batch.ts';

/** One reader of a stream, with one batch under way at a time. A mapping has one, or several that share the keys. */
export interface Lane {
  isCaughtUp(): boolean;
  /** Why it waits for another attempt; undefined while it does not. */
  blockedBy(): string | undefined;
  /** Ends a wait for the next attempt. */
  hurry(): void;
  /** Begins nothing more, and resolves when the batch under way is over. */
  close(): Promise<void>;
}

/** Moments of a batch, in order, at which a test may end the process. */
export type LaneStep = 'taken' | 'invoked' | 'checkpointed';

const longestPause = 5_000;

export function startLane(options: {
  readonly mapping: Mapping;
  readonly lane: number;
  readonly stream: ChangeStream;
  readonly clock: Clock;
  readonly position: { get(): number; put(position: number): void };
  readonly invoke: (records: readonly StreamRecord[]) => Promise<Outcome>;
  /** Told whenever `isCaughtUp` or `blockedBy` may have changed. */
  readonly onChange: () => void;
  readonly onStep: (step: LaneStep) => void;
  readonly log: (line: string) => void;
}): Lane {
  const { mapping, lane, stream, clock, position, onChange, onStep, log } = options;
  const bell = createBell();
  let stopped = false;
  let blocked: string | undefined;

  const isCaughtUp = () => position.get() >= stream.last();

  function checkpoint(sequence: number): void {
    position.put(sequence);
    onStep('checkpointed');
  }

  async function pause(milliseconds: number, reason: string): Promise<void> {
    blocked = reason;
    onChange();
    await bell.wait(milliseconds);
    blocked = undefined;
  }

  const delivery = {
    mapping,
    now: clock.now,
    isStopped: () => stopped,
    async invoke(records: readonly StreamRecord[]) {
      onStep('taken');
      const outcome = await options.invoke(records);
      onStep('invoked');
      return outcome;
    },
    checkpoint,
    pause,
    log,
  };

  async function handOverNext(): Promise<void> {
    const { records, through } = await takeBatch(stream, mapping, lane, position.get());
    const isDone = records.length === 0 || (await deliverBatch(delivery, records));
    if (isDone && through > position.get()) position.put(through);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (isCaughtUp()) {
        onChange();
        await bell.wait();
        continue;
      }
      try {
        await handOverNext();
      } catch (error) {
        // Not the function's failure: the data cannot be read, say. The records are still there.
        log(`could not go on: ${error instanceof Error ? error.stack : String(error)}`);
        if (!stopped) await pause(longestPause, String(error));
      }
    }
  }

  stream.onRecord(() => {
    if (blocked === undefined) bell.ring();
  });
  const ended = run();
  return {
    isCaughtUp,
    blockedBy: () => blocked,
    hurry() {
      blocked = undefined;
      bell.ring();
    },
    close() {
      stopped = true;
      bell.ring();
      return ended;
    },
  };
}
