/** An ISO 8601 duration; `sign` is -1 for `-P1D`. Parts that are absent are 0. */
export interface Duration {
  readonly sign: 1 | -1;
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

const FORM =
  /^(?<sign>[+-]?)P(?=\d|T\d)(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?(?:T(?=\d)(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+(?:[.,]\d{1,3})?)S)?)?$/;

/**
 * Parses `P83D`, `PT1H30M`, `P1DT2H`, `P2W`, `P1Y6M`, `PT0.5S` (a fraction in seconds only, to the millisecond).
 * Returns undefined for anything else.
 */
export function parseDuration(text: string): Duration | undefined {
  const groups = FORM.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const part = (name: string) => Number((groups[name] ?? '0').replace(',', '.'));
  return {
    sign: groups['sign'] === '-' ? -1 : 1,
    years: part('years'),
    months: part('months'),
    weeks: part('weeks'),
    days: part('days'),
    hours: part('hours'),
    minutes: part('minutes'),
    seconds: part('seconds'),
  };
}

/**
 * Adds a duration to a time (milliseconds since the epoch) by the UTC calendar: years and months first, where a day
 * that the month lacks becomes its last one (31 January + P1M = 28 or 29 February), then the rest by its length.
 * NaN when the result is beyond what a Date can hold.
 */
export function addDuration(time: number, duration: Duration): number {
  const { sign } = duration;
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + sign * (12 * duration.years + duration.months));
  const lastDay = new Date(date);
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  const hours = 24 * (7 * duration.weeks + duration.days) + duration.hours;
  const milliseconds = Math.round((3600 * hours + 60 * duration.minutes + duration.seconds) * 1000);
  return new Date(date.getTime() + sign * milliseconds).getTime();
}
