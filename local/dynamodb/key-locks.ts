/** Mutual exclusion by key: work on disjoint keys runs side by side, work on a common key in order of arrival. */
export interface KeyLocks {
  /** Runs `work` once every earlier holder of one of `keys` is done. */
  hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createKeyLocks(): KeyLocks {
  const lastInLine = new Map<string, Promise<void>>();
  return {
    async hold(keys, work) {
      let release: () => void = () => {};
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      // A request joins all of its lines in one turn of the event loop, so that it stands behind the same requests in
      // each of them: nobody ever waits for someone who came later, and no cycle (deadlock) can form.
      const ahead = keys.map((key) => lastInLine.get(key));
      for (const key of keys) lastInLine.set(key, mine);
      await Promise.all(ahead);
      try {
        return await work();
      } finally {
        for (const key of keys) if (lastInLine.get(key) === mine) lastInLine.delete(key);
        release();
      }
    },
  };
}
