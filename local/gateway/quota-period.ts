import type { Quota } from './model.ts';

/** The UTC day (`2026-11-23`) of milliseconds since the epoch. */
export function utcDay(epoch: number): string {
  return new Date(epoch).toISOString().slice(0, 10);
}

/** The first UTC day of the calendar period that `epoch` is in. Weeks begin on Sunday, as in a usage plan. */
export function periodStart(period: Quota['period'], epoch: number): string {
  const date = new Date(epoch);
  if (period === 'MONTH') date.setUTCDate(1);
  if (period === 'WEEK') date.setUTCDate(date.getUTCDate() - date.getUTCDay());
  return utcDay(date.getTime());
}
