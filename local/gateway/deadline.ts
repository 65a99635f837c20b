/**
 * The outcome of `work`, or `late` once `milliseconds` of real time have passed. The work goes on unheard, as a function
 * does behind a gateway that has given up on it.
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T | 'late'> {
  const { promise: timeout, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), milliseconds);
  work.catch(() => {});
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
