import { AwsError } from '../aws/service.ts';
import { closingGrace } from '../closing-grace.ts';
import type { Instance, InstanceOutcome, Invocation } from './instance.ts';

/** The warm instances of one function. */
export interface InstancePool {
  /** Runs on an idle instance, or on a new one while there are fewer than the maximum; else waits for its turn. */
  run(invocation: Invocation): Promise<InstanceOutcome>;
  /** Starts one instance unless there is one already, and waits until it is initialised. */
  warm(): Promise<void>;
  /** Crashes an instance that runs something. @returns false where none does */
  interrupt(): Promise<boolean>;
  /** What waits fails; what runs may finish for up to five seconds, then fails too; all instances end. */
  close(): Promise<void>;
}

/** As long as the gateway and the AWS endpoint give their requests. */

/** @param start may throw, which fails the invocation that needed the instance */
export function createInstancePool(options: { start: () => Instance; maximum: number }): InstancePool {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const running = new Set<Promise<InstanceOutcome>>();
  const waiting: { resolve: (instance: Instance) => void; reject: (reason: unknown) => void }[] = [];
  let closed = false;

  function startOne(): Instance {
    const instance = options.start();
    all.add(instance);
    return instance;
  }

  function takeIdle(): Instance | undefined {
    for (let instance = idle.pop(); instance !== undefined; instance = idle.pop()) {
      if (instance.isUsable()) return instance;
      // It ended between two invocations.
      all.delete(instance);
    }
    return undefined;
  }

  async function acquire(): Promise<Instance> {
    if (closed) throw stopping();
    const instance = takeIdle() ?? (all.size < options.maximum ? startOne() : undefined);
    return instance ?? new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  /** Hands the instance, or one in its place, to whoever has waited longest. */
  function release(instance: Instance): void {
    const usable = instance.isUsable();
    if (!usable) all.delete(instance);
    const next = closed ? undefined : waiting.shift();
    if (next === undefined) {
      if (usable) idle.push(instance);
      return;
    }
    try {
      next.resolve(usable ? instance : startOne());
    } catch (error) {
      next.reject(error);
    }
  }

  return {
    async run(invocation) {
      const instance = await acquire();
      const outcome = instance.run(invocation);
      running.add(outcome);
      try {
        return await outcome;
      } finally {
        running.delete(outcome);
        release(instance);
      }
    },
    async warm() {
      if (all.size > 0 || options.maximum < 1) return;
      const instance = startOne();
      // Offered at once: an invocation that comes meanwhile waits for this one rather than starting another.
      idle.push(instance);
      await instance.initialised;
    },
    async interrupt() {
      const busy = [...all].find((instance) => instance.isUsable() && !idle.includes(instance));
      await busy?.crash();
      return busy !== undefined;
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(stopping());
      await settledWithin(closingGrace, [...running]);
      await Promise.all([...all].map((instance) => instance.close()));
    },
  };
}

async function settledWithin(milliseconds: number, work: readonly Promise<unknown>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([Promise.allSettled(work), promise]);
  clearTimeout(timer);
}

function stopping(): AwsError {
  return new AwsError('ServiceException', 'The local stack is stopping', 500);
}
