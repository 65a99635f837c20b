/**
 * Numbers, money and times in words. Months and limits of the product are in UTC, so dates are too, and say so where a
 * time of day is told; the reader's own time stands beside it where the two differ.
 */

const locale = 'en-GB';
const numbers = new Intl.NumberFormat(locale);
const dollars = new Intl.NumberFormat(locale, {
  style: 'currency',
  currency: 'USD',
  trailingZeroDisplay: 'stripIfInteger',
});
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

export const formatNumber = (value: number): string => numbers.format(value);
export const formatMoney = (value: number): string => dollars.format(value);

/** `1 request`, `2 requests`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** Never 0 % of something, nor 100 % while anything is left. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return percents.format(0);
  const share = part / whole;
  if (share > 0 && share < 0.01) return 'less than 1%';
  return percents.format(share < 1 ? Math.min(share, 0.99) : share);
}

/** `8 December`, with the year where it is not the present one. */
export function formatDate(at: string | number | Date, now: number): string {
  const date = new Date(at);
  const isThisYear = date.getUTCFullYear() === new Date(now).getUTCFullYear();
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(date);
}

/** `8 December, 14:05 UTC`. */
export function formatDateTime(at: string | number | Date, now: number): string {
  const date = new Date(at);
  return `${formatDate(date, now)}, ${timeOf(date, 'UTC')} UTC`;
}

/** The same in the reader's own time zone, without a day that is the same; undefined where that is UTC. */
export function formatLocalDateTime(at: string | number | Date, timeZone?: string): string | undefined {
  const date = new Date(at);
  const day = (zone?: string) =>
    new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'long',
      ...(zone === undefined ? {} : { timeZone: zone }),
    }).format(date);
  const isSameDay = day(timeZone) === day('UTC');
  if (isSameDay && timeOf(date, timeZone) === timeOf(date, 'UTC')) return undefined;
  return `${isSameDay ? '' : `${day(timeZone)}, `}${timeOf(date, timeZone)} your time`;
}

/** To the minute, in UTC, and in the reader's own time where that is another. */
export function formatExact(at: string | number | Date, now: number): string {
  const local = formatLocalDateTime(at);
  return formatDateTime(at, now) + (local === undefined ? '' : ` (${local})`);
}

/** `November 2026` of `2026-11`. */
export function formatMonth(period: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(
    new Date(`${period}-01T00:00:00Z`),
  );
}

/**
 * `in 12 days`, `tomorrow`, `3 hours ago`, `now`: days are counted by the calendar in UTC, so that the word fits the
 * date beside it.
 */
export function formatRelative(at: string | number | Date, now: number): string {
  const time = new Date(at).getTime();
  const seconds = (time - now) / 1000;
  const days = dayOf(time) - dayOf(now);
  const isNear = Math.abs(seconds) < 20 * 3600;
  if (Math.abs(days) >= 120) return relative.format(Math.round(days / 30.44), 'month');
  if (Math.abs(days) >= 1 && !isNear) return relative.format(days, 'day');
  if (Math.abs(seconds) >= 3600) return relative.format(Math.round(seconds / 3600), 'hour');
  if (Math.abs(seconds) >= 60) return relative.format(Math.round(seconds / 60), 'minute');
  return seconds > 0 ? 'in less than a minute' : 'just now';
}

/** `3 hours ago`, `just now`: what has happened, even where the reader's clock is a little behind. */
export function formatPast(at: string | number | Date, now: number): string {
  return formatRelative(Math.min(new Date(at).getTime(), now), now);
}

/** `in 12 days, 8 December`: what will happen, and when. Within a day the time is told instead of the date. */
export function formatWhen(at: string | number | Date, now: number): string {
  const isNear = Math.abs(new Date(at).getTime() - now) < 20 * 3_600_000;
  const words = formatRelative(at, now);
  return `${words}, ${isNear ? `${timeOf(new Date(at), 'UTC')} UTC` : formatDate(at, now)}`;
}

/** `2 minutes`, `3 hours`, `5 days` of seconds. */
export function formatDuration(seconds: number): string {
  if (seconds < 120) return formatCount(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds < 7200) return formatCount(Math.round(seconds / 60), 'minute');
  if (seconds < 172_800) return formatCount(Math.round(seconds / 3600), 'hour');
  return formatCount(Math.round(seconds / 86_400), 'day');
}

function dayOf(time: number): number {
  return Math.floor(time / 86_400_000);
}

function timeOf(date: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date);
}
