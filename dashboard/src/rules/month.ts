/** Calendar months in UTC, written `2026-11`, as the quota counts. */

const shape = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** The month that a moment (milliseconds since 1970, or ISO 8601) lies in. */
export const monthOf = (at: number | string): string => new Date(at).toISOString().slice(0, 7);

/** @param by months, negative for earlier ones */
export function monthBeside(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return monthOf(Date.UTC(year, number - 1 + by, 1));
}

/** Days of the month, `2026-11-01` first. */
export function daysOf(month: string): readonly string[] {
  const end = Date.parse(`${monthBeside(month, 1)}-01T00:00:00Z`);
  const days: string[] = [];
  for (let at = Date.parse(`${month}-01T00:00:00Z`); at < end; at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/**
 * The month that an address asks for (`?month=2026-10`); undefined for the present one, and for whatever is none: what
 * has not begun yet has nothing to show.
 */
export function askedMonth(search: string, now: number): string | undefined {
  const asked = new URLSearchParams(search).get('month') ?? '';
  return shape.test(asked) && asked < monthOf(now) ? asked : undefined;
}

/** Months that can be gone to from one, since the account began; undefined where there is none. */
export function monthsAround(
  month: string,
  beganAt: string,
  now: number,
): { readonly previous: string | undefined; readonly next: string | undefined } {
  const [previous, next] = [monthBeside(month, -1), monthBeside(month, 1)];
  return {
    previous: previous >= monthOf(beganAt) ? previous : undefined,
    next: next <= monthOf(now) ? next : undefined,
  };
}
