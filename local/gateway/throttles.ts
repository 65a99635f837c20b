import type { Clock } from '../clock.ts';
import type { Throttle } from './model.ts';
import type { TokenBucket } from './token-bucket.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface Limit {
  /** Names the bucket: who is limited in what. */
  readonly key: string;
  readonly throttle: Throttle;
}

/** Takes a token of each limit's bucket, or none and answers false where one of them is empty. */
export type TakeTokens = (limits: readonly Limit[]) => boolean;

/**
 * Buckets refill by real, monotonic time plus the forward jumps of the stack's clock, so that neither a correction of the
 * machine's time nor a jump can leave one stuck.
 */
export function createThrottles(clock: Clock): TakeTokens {
  const buckets = new Map<string, TokenBucket>();
  let jumped = 0;
  clock.onMove(async (from, to) => {
    jumped += Math.max(0, to - from);
  });
  return (limits) => {
    const seconds = (performance.now() + jumped) / 1000;
    const wanted = limits.map(({ key, throttle }) => {
      const bucket = buckets.get(key) ?? createTokenBucket(throttle);
      buckets.set(key, bucket);
      return bucket;
    });
    if (!wanted.every((bucket) => bucket.has(seconds))) return false;
    for (const bucket of wanted) bucket.take(seconds);
    return true;
  };
}
