import type { Throttle } from './model.ts';

export interface TokenBucket {
  /** Whether a token is there at `seconds` of a steady clock; takes none. */
  has(seconds: number): boolean;
  take(seconds: number): void;
}

/** Begins full. A steady clock that seems to run backwards refills nothing and breaks nothing. */
export function createTokenBucket({ rate, burst }: Throttle): TokenBucket {
  let tokens = burst;
  let at: number | undefined;
  const refill = (seconds: number) => {
    if (at !== undefined && seconds > at) tokens = Math.min(burst, tokens + (seconds - at) * rate);
    at = seconds;
  };
  return {
    has(seconds) {
      refill(seconds);
      return tokens >= 1;
    },
    take(seconds) {
      refill(seconds);
      tokens -= 1;
    },
  };
}
