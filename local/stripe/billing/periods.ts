import type { Interval } from '../objects/catalog.ts';

export interface Cycle {
  readonly interval: Interval;
  readonly interval_count: number;
}

const daySeconds = 86_400;

/**
 * The end of the period that begins at `start`, in seconds. Months and years keep the day of the anchor, or end with a
 * shorter month: 31 January, 28 February, 31 March.
 */
export function endOfPeriod(anchor: number, start: number, { interval, interval_count }: Cycle): number {
  if (interval === 'day') return start + interval_count * daySeconds;
  if (interval === 'week') return start + interval_count * 7 * daySeconds;
  const months = monthsBetween(anchor, start) + interval_count * (interval === 'year' ? 12 : 1);
  return addMonths(anchor, months);
}

function monthsBetween(from: number, to: number): number {
  const [a, b] = [new Date(from * 1000), new Date(to * 1000)];
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}

function addMonths(time: number, months: number): number {
  const date = new Date(time * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() / 1000;
}
