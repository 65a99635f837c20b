import { useSyncExternalStore } from 'react';

/**
 * The service's own time. What is told in days ("in 12 days") follows it, for a computer's clock may be wrong; it is
 * learnt from the time at which tokens are issued and from the rate-limit headers.
 */
let offset = 0;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Clocks that are about right are left alone: answers take a moment. */
const tolerance = 30_000;

export function learnServerTime(serverTime: number): void {
  const measured = serverTime - Date.now();
  const next = Math.abs(measured) < tolerance ? 0 : measured;
  if (Math.abs(next - offset) < tolerance) return;
  offset = next;
  tick();
}

/** Milliseconds since 1970, by the service's clock. */
export const serverNow = (): number => Date.now() + offset;

/** The service's time, brought up to date twice a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = serverNow();
  for (const listener of listeners) listener();
}
