/**
 * An act that somebody wants done once: making a key, rotating one. All requests for it carry the same
 * `Idempotency-Key`, however often it is tried, so that a lost answer is asked for again and nothing is done twice.
 */
export interface Intent {
  /** What is wanted, with everything that tells it from another: path and body. */
  readonly what: string;
  readonly idempotencyKey: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The API answers repetitions for 10 minutes; a minute is for the way. */
const keptFor = 9 * 60_000;

/** The intent that goes on, or a new one: where something else is wanted, or where a repetition would be a new request. */
export function intentFor(what: string, last: Intent | undefined, now: number, newKey: () => string): Intent {
  if (last !== undefined && last.what === what && now - last.since < keptFor) return last;
  return { what, idempotencyKey: newKey(), since: now };
}
