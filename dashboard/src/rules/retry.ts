import type { Problem } from './problem.ts';

/** How often a request is sent before its problem is shown. */
export const maximumAttempts = 3;
/** Who is asked to wait longer than this is told so, and decides. */
const longestWaitSeconds = 8;

/**
 * Milliseconds after which a request is sent again by itself; undefined where its problem is to be shown. Every request
 * of the dashboard may be repeated: reads, and changes that are idempotent by nature or by their `Idempotency-Key`.
 * @param attempt of the request that failed, from 1
 * @param random from 0 to 1: pages that failed at once shall not come back at once
 */
export function retryDelay(problem: Problem, attempt: number, random: number): number | undefined {
  if (attempt >= maximumAttempts || !isPassing(problem)) return undefined;
  const backoff = 0.4 * 2 ** (attempt - 1);
  const seconds = Math.max(problem.retryAfterSeconds ?? 0, backoff);
  return seconds > longestWaitSeconds ? undefined : Math.round(1000 * (seconds + random * backoff));
}

/** A 500 is a fault that a repetition meets again, and an answer that took too long has cost enough patience. */
function isPassing({ status, kind }: Problem): boolean {
  return status === 429 || status === 502 || status === 503 || kind === 'unreachable';
}
