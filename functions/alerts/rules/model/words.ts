import { hour } from './numbers.ts';

const minute = 60_000;

/** `1234567` -> `1,234,567` */
export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${thousands(value)} ${Math.round(value) === 1 ? one : many}`;

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** Looks begin some seconds or minutes after the hour; people read hours. */
export function sensible(at: number): number {
  const full = Math.round(at / hour) * hour;
  return Math.abs(at - full) <= 5 * minute ? full : Math.round(at / minute) * minute;
}

const clockTime = (at: number): string => new Date(sensible(at)).toISOString().slice(11, 16);

/** `27 November` */
export function date(at: number): string {
  const day = new Date(sensible(at));
  return `${day.getUTCDate()} ${months[day.getUTCMonth()]}`;
}

/** `03:00 UTC on 27 November` */
export const moment = (at: number): string => `${clockTime(at)} UTC on ${date(at)}`;

/** `between 03:00 and 04:00 UTC on 27 November`; a day ends at 24:00. */
export function timespan(from: number, to: number): string {
  const [begin, end] = [sensible(from), sensible(to)];
  if (begin >= end) return `shortly before ${moment(to)}`;
  if (date(begin) === date(end)) return `between ${clockTime(begin)} and ${moment(end)}`;
  if (end - begin <= 24 * hour && end % (24 * hour) === 0) {
    return `between ${clockTime(begin)} and 24:00 UTC on ${date(begin)}`;
  }
  return `between ${moment(begin)} and ${moment(end)}`;
}

/** `3 hours`, `2 days` */
export function duration(hours: number): string {
  if (hours < 48) return count(Math.max(1, hours), 'hour');
  return count(Math.floor(hours / 24), 'day');
}

/** `about 1,200`: two digits are as much as an expectation says. */
export function about(value: number): string {
  if (value < 10) return `about ${Math.max(1, Math.round(value))}`;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `about ${thousands(Math.round(value / unit) * unit)}`;
}

/** 2.5, 12: how many times as many */
export const multiple = (factor: number): number =>
  factor < 10 ? Math.round(factor * 10) / 10 : Math.round(factor);

/** `9–21` */
export const range = (low: number, high: number): string =>
  low === high ? thousands(low) : `${thousands(low)}–${thousands(high)}`;
