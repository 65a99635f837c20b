import type { Clock } from '../clock.ts';
import type { AuthorizerAnswer } from './authorizer-answer.ts';

/** Enough for a laptop; the oldest entry makes way. */
const capacity = 10_000;

export interface PolicyCache {
  get(key: string): AuthorizerAnswer | undefined;
  put(key: string, answer: AuthorizerAnswer, ttlSeconds: number): void;
}

/** Policies by identity, Allow and Deny alike, until they expire on the stack's clock. */
export function createPolicyCache(clock: Clock): PolicyCache {
  const entries = new Map<string, { answer: AuthorizerAnswer; expiresAt: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry && entry.expiresAt > clock.now()) return entry.answer;
      entries.delete(key);
      return undefined;
    },
    put(key, answer, ttlSeconds) {
      const [oldest] = entries.keys();
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { answer, expiresAt: clock.now() + ttlSeconds * 1000 });
    },
  };
}
