import { cronFields, parseCronField } from './cron-field.ts';
import type { Schedule } from './schedule.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * The schedule of an AWS cron expression, in UTC: `minutes hours day-of-month month day-of-week year`.
 * @throws Error that names the field which is not understood or not supported
 */
export function parseCron(text: string): Schedule {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year, ...rest] = text.trim().split(/\s+/);
  if (
    minutes === undefined ||
    hours === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    year === undefined ||
    rest.length > 0
  ) {
    throw new Error('a cron expression has six fields: minutes hours day-of-month month day-of-week year');
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error('exactly one of day-of-month and day-of-week must be ?');
  }
  const times = timesOfDay(
    parseCronField(cronFields.minutes, minutes),
    parseCronField(cronFields.hours, hours),
  );
  const onDay = dayTest({
    daysOfMonth: dayOfMonth === '?' ? undefined : parseCronField(cronFields.daysOfMonth, dayOfMonth),
    months: parseCronField(cronFields.months, month),
    daysOfWeek: dayOfWeek === '?' ? undefined : parseCronField(cronFields.daysOfWeek, dayOfWeek),
    years: parseCronField(cronFields.years, year),
  });

  return {
    first(after, upTo) {
      for (let day = startOfDay(after); day <= upTo; day += DAY) {
        if (!onDay(day)) continue;
        const time = times.find((at) => day + at > after);
        if (time !== undefined) return day + time <= upTo ? day + time : undefined;
      }
      return undefined;
    },
    last(after, upTo) {
      for (let day = startOfDay(upTo); day + DAY > after; day -= DAY) {
        if (!onDay(day)) continue;
        const time = times.findLast((at) => day + at <= upTo);
        if (time !== undefined) return day + time > after ? day + time : undefined;
      }
      return undefined;
    },
  };
}

/** Milliseconds after midnight, rising. */
function timesOfDay(minutes: ReadonlySet<number>, hours: ReadonlySet<number>): readonly number[] {
  return [...hours]
    .flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * MINUTE))
    .toSorted((a, b) => a - b);
}

/** Whether a day, given by its midnight, is one of the expression's; undefined fields are `?`. */
function dayTest(fields: {
  readonly daysOfMonth: ReadonlySet<number> | undefined;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number> | undefined;
  readonly years: ReadonlySet<number>;
}): (midnight: number) => boolean {
  return (midnight) => {
    const date = new Date(midnight);
    return (
      fields.years.has(date.getUTCFullYear()) &&
      fields.months.has(date.getUTCMonth() + 1) &&
      (fields.daysOfMonth?.has(date.getUTCDate()) ?? true) &&
      (fields.daysOfWeek?.has(date.getUTCDay() + 1) ?? true)
    );
  };
}

function startOfDay(time: number): number {
  return Math.floor(time / DAY) * DAY;
}
