/** A quota's period is a calendar month in UTC, written `2026-11`. */
export interface Period {
  readonly name: string;
  /** Epoch milliseconds of the first moment. */
  readonly startsAt: number;
  /** Epoch milliseconds of the first moment after it, when the count begins anew. */
  readonly endsAt: number;
}

/** The period that a moment (epoch milliseconds) lies in. */
export function periodOf(at: number): Period {
  const date = new Date(at);
  return monthPeriod(date.getUTCFullYear(), date.getUTCMonth());
}

export const periodShape = /^(\d{4})-(0[1-9]|1[0-2])$/;

/** Reads `2026-11`; undefined for anything that is no month. */
export function parsePeriod(text: string): Period | undefined {
  const match = periodShape.exec(text);
  return match === null ? undefined : monthPeriod(Number(match[1]), Number(match[2]) - 1);
}

function monthPeriod(year: number, month: number): Period {
  // `Date.UTC` would read the years 0 to 99 as 1900 to 1999.
  const startsAt = new Date(0).setUTCFullYear(year, month, 1);
  const endsAt = new Date(0).setUTCFullYear(year, month + 1, 1);
  return { name: new Date(startsAt).toISOString().slice(0, 7), startsAt, endsAt };
}

/** Whole seconds until the period ends, at least 1: a client that waits so long comes after the end. */
export function secondsToReset(period: Period, at: number): number {
  return Math.max(1, Math.ceil((period.endsAt - at) / 1000));
}
