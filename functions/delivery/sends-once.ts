/** Messages at most: far more than a batch that comes again can hold. */
const remembered = 10_000;

/**
 * What this instance has sent, so that a batch that comes again because of another item's change does not mail everybody
 * again. No more than that: an instance may end at any time.
 */
export function sendsOnce() {
  const sent = new Set<string>();
  return {
    has: (message: string) => sent.has(message),
    remember(message: string): void {
      // The oldest goes, never all: of a storm, what was just sent comes again with its batch.
      const [oldest] = sent;
      if (sent.size >= remembered && oldest !== undefined) sent.delete(oldest);
      sent.add(message);
    },
  };
}
