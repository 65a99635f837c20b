import type { Lane } from './lane.ts';

/** Waits for all lanes together: a function that one invokes may write what the next has to read. */
export interface Progress {
  /** Something about a lane changed. */
  changed(): void;
  /** @returns false when the time was over, or `stop` called, before every lane fulfilled the condition at once */
  until(condition: (lane: Lane) => boolean, milliseconds: number): Promise<boolean>;
  stop(): void;
}

export function createProgress(lanes: readonly Lane[]): Progress {
  const waiting = new Set<() => void>();
  let stopped = false;
  return {
    changed() {
      for (const check of waiting) check();
    },
    until(condition, milliseconds) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const end = (holds: boolean) => {
        clearTimeout(timer);
        waiting.delete(check);
        resolve(holds);
      };
      const timer = setTimeout(() => end(false), milliseconds);
      const check = () => {
        if (lanes.every(condition)) end(true);
        else if (stopped) end(false);
      };
      waiting.add(check);
      check();
      return promise;
    },
    stop() {
      stopped = true;
      for (const check of waiting) check();
    },
  };
}
