/** Runs pieces of work one after the other, in the order in which they came. */
export interface Turns {
  /** The outcome is the work's own; a failure does not keep the next from its turn. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when all that has come so far is over. */
  over(): Promise<void>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(work) {
      const done = last.then(work);
      last = done.catch(() => {});
      return done;
    },
    async over() {
      await last;
    },
  };
}
