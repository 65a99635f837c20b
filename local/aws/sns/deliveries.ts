import { randomUUID } from 'node:crypto';
import type { SNSEvent } from 'aws-lambda';
import type { Clock } from '../../clock.ts';
import { closingGrace } from '../../closing-grace.ts';
import { createEventQueue, type EventQueue } from '../../lambda/event-queue.ts';
import type { FunctionInvoker } from '../../lambda/invoker.ts';
import type { State } from '../../state.ts';
import { AwsError } from '../service.ts';

/** A message on its way to a function; it is kept until the function took it or all attempts failed. */
interface Delivery {
  readonly functionArn: string;
  readonly event: SNSEvent;
}

export interface Deliveries {
  /** Keeps the delivery, and hands it over in a moment; before `start`, then. */
  add(delivery: Delivery): void;
  /** Begins with what an earlier process did not hand over. */
  start(): void;
  close(): Promise<void>;
}

/** As everywhere, whoever publishes hears the answer before a subscriber hears the message. */
const delayMilliseconds = 50;
/** How long the end waits for functions; what they have not taken by then is handed over again at the next start. */

/**
 * Hands messages over to functions as Lambda's queue of asynchronous invocations does: at least once, a failure again
 * after one and after two minutes of the clock. What was published survives the end of the process.
 */
export function createDeliveries(options: {
  readonly state: State;
  readonly clock: Clock;
  readonly invoker: FunctionInvoker;
  readonly log: (line: string) => void;
}): Deliveries {
  const { state, clock, invoker, log } = options;
  const kept = state.map<Delivery>('sns-deliveries');
  const waiting = new Map<string, { readonly start: () => void; readonly timer: NodeJS.Timeout }>();
  const underway = new Set<Promise<unknown>>();
  let events: EventQueue | undefined;
  let closed = false;

  function schedule(id: string, delivery: Delivery): void {
    const start = () => {
      clearTimeout(waiting.get(id)?.timer);
      waiting.delete(id);
      handOver(id, delivery);
    };
    waiting.set(id, { start, timer: setTimeout(start, delayMilliseconds) });
  }

  function done(id: string): void {
    // After the end the state is closed: the message is handed over once more at the next start.
    if (!closed) kept.delete(id);
  }

  async function attempt(id: string, { functionArn, event }: Delivery) {
    try {
      const outcome = await invoker.invoke(functionArn, event);
      if (outcome.kind === 'failed') return 'failed';
      done(id);
      return 'succeeded';
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
      log(`${functionArn}: could not be invoked: ${error instanceof Error ? error.message : String(error)}`);
      return 'failed';
    }
  }

  function handOver(id: string, delivery: Delivery): void {
    events?.accept({
      requestId: id,
      attempt() {
        const attempted = attempt(id, delivery);
        underway.add(attempted);
        void attempted.finally(() => underway.delete(attempted));
        return attempted;
      },
      log: (line) => log(`${delivery.functionArn}: message ${id}: ${line}`),
      discarded: () => done(id),
    });
  }

  return {
    add(delivery) {
      const id = randomUUID();
      kept.put(id, delivery);
      if (events !== undefined) schedule(id, delivery);
    },
    start() {
      // Before the queue listens: what waits for its first attempt has it within the step of a move, like a retry.
      clock.onMove(async () => {
        for (const { start } of [...waiting.values()]) start();
        await Promise.all(underway);
      });
      events = createEventQueue(clock);
      for (const [id, delivery] of kept.entries()) schedule(id, delivery);
    },
    async close() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
      events?.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, closingGrace);
      await Promise.race([Promise.all(underway), promise]);
      clearTimeout(deadline);
      closed = true;
    },
  };
}
