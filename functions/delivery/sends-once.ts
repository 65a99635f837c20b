/**
 * What this instance has sent, so that a batch that comes again because of another item's change does not mail everybody
 * again. No more than that: an instance may end at any time.
 */
export function sendsOnce() {
  const sent = new Set<string>();
  return {
    has: (message: string) => sent.has(message),
    remember(message: string): void {
      if (sent.size >= 10_000) sent.clear();
      sent.add(message);
    },
  };
}
