/**
 * `Date` on the moved clock: the current time is shifted by `offset()` milliseconds, everything else is the original.
 * A proxy rather than a subclass, so that dates from anywhere (`structuredClone`, Node itself) stay `instanceof Date`.
 */
export function createMovedDate(original: DateConstructor, offset: () => number): DateConstructor {
  const realNow = original.now;
  const now = () => Math.trunc(realNow() + offset());
  const moved: DateConstructor = new Proxy(original, {
    apply: () => new original(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === moved ? target : newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
  return moved;
}

/**
 * Replaces the `Date` of this thread. Not moved: timers, `performance`, and `Intl.DateTimeFormat.format()` without an
 * argument, none of which a function should date things by.
 * @param shared one Float64, the offset in milliseconds (see `Clock.offset`)
 */
export function installMovedDate(shared: SharedArrayBuffer): void {
  const cell = new Float64Array(shared);
  const original = Date;
  const moved = createMovedDate(original, () => cell[0] ?? 0);
  // `date.constructor` must lead to the moved one too.
  Object.defineProperty(original.prototype, 'constructor', {
    value: moved,
    writable: true,
    configurable: true,
  });
  globalThis.Date = moved;
}
