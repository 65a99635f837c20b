/** How mails write times, durations and numbers: in our own words, so that no library's or machine's locale changes them. */

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** ISO 8601 to `3 March 2027`, in UTC. Throws a `RangeError` for what is no time. */
export function dayOf(time: string): string {
  const date = new Date(instant(time));
  return `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/** ISO 8601 to `3 March 2027, 14:05 UTC`. Throws a `RangeError` for what is no time. */
export function timeOf(time: string): string {
  const date = new Date(instant(time));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${dayOf(time)}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** Milliseconds since 1970. Throws a `RangeError` for what is no time. */
export function instant(time: string): number {
  const value = Date.parse(time);
  if (Number.isNaN(value)) throw new RangeError('a time in a mail is not ISO 8601');
  return value;
}

/** The time that comes so many hours later, ISO 8601. */
export function hoursAfter(time: string, hours: number): string {
  return new Date(instant(time) + hours * HOUR).toISOString();
}

/** `72 hours`, `1 hour`, `45 minutes`: rounded down, so that nobody is promised more than there is. */
export function durationBetween(from: string, to: string): string {
  const span = instant(to) - instant(from);
  if (span >= HOUR) return counted(Math.floor(span / HOUR), 'hour');
  if (span >= MINUTE) return counted(Math.floor(span / MINUTE), 'minute');
  return 'less than a minute';
}

/** `1 hour`, `72 hours`. */
export function counted(count: number, unit: string): string {
  return `${thousands(count)} ${unit}${count === 1 ? '' : 's'}`;
}

/** `1,000,000`. */
export function thousands(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
