/** Lets one waiter sleep until somebody rings, or until a time is over. */
export interface Bell {
  ring(): void;
  /** Call it in the same turn as the check of what is waited for: a ring before it is not remembered. */
  wait(milliseconds?: number): Promise<void>;
}

export function createBell(): Bell {
  let rung: () => void = () => {};
  return {
    ring: () => rung(),
    wait(milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds).unref();
      rung = () => {
        clearTimeout(timer);
        resolve();
      };
      return promise;
    },
  };
}
