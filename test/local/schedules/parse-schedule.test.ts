import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../local/schedules/parse-schedule.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
const at = (text: string) => Date.parse(text);

/** The first due times after a moment, up to the end of 2199. */
function following(expression: string, after: string, count: number): (string | undefined)[] {
  const schedule = parseSchedule(expression)(at(after));
  const found: (string | undefined)[] = [];
  for (let time = at(after), n = 0; n < count; n++) {
    const due = schedule.first(time, at('2199-12-31T23:59:00Z'));
    found.push(iso(due)?.replace(':00.000Z', ''));
    if (due === undefined) break;
    time = due;
  }
  return found;
}

describe('a cron expression', () => {
  test.each([
    ['cron(0 10 * * ? *)', ['2026-11-23T10:00', '2026-11-24T10:00']],
    ['cron(15 12 * * ? *)', ['2026-11-23T12:15', '2026-11-24T12:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-23T18:00', '2026-11-24T18:00']],
    ['cron(0 8 1 * ? *)', ['2026-12-01T08:00', '2027-01-01T08:00']],
    ['cron(0/10 * ? * 2-6 *)', ['2026-11-23T00:10', '2026-11-23T00:20']],
    ['cron(50/5 23 * * ? *)', ['2026-11-23T23:50', '2026-11-23T23:55', '2026-11-24T23:50']],
    ['cron(0 0 ? * sun,4 *)', ['2026-11-25T00:00', '2026-11-29T00:00']],
    ['cron(0 0 31 * ? *)', ['2026-12-31T00:00', '2027-01-31T00:00', '2027-03-31T00:00']],
    ['cron(0 0 29 feb ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 29 2 ? 2097/1)', ['2104-02-29T00:00', '2108-02-29T00:00']],
    ['cron(30 6 1-31/10 JAN-MAR/2 ? 2027-2028)', ['2027-01-01T06:30', '2027-01-11T06:30']],
    ['cron(0 0 31 2 ? *)', [undefined]],
    ['cron(0 0 1 1 ? 2020)', [undefined]],
  ])('%s after Monday 2026-11-23 is due at %j', (expression, expected) => {
    expect(following(expression, '2026-11-23T00:00:00Z', expected.length)).toEqual(expected);
  });

  test.each([
    ['cron(0 10 * * ?)', 'six fields'],
    ['cron(0 10 * * ? * *)', 'six fields'],
    ['cron()', 'six fields'],
    ['cron(0 10 * * * *)', 'exactly one of day-of-month and day-of-week must be ?'],
    ['cron(0 10 ? * ? *)', 'exactly one of day-of-month and day-of-week must be ?'],
    ['cron(0 10 L * ? *)', 'day-of-month "L": L is not supported by the local runner'],
    ['cron(0 10 L-3 * ? *)', 'day-of-month "L-3": L is not supported'],
    ['cron(0 10 LW * ? *)', 'day-of-month "LW": L is not supported'],
    ['cron(0 10 1,15W * ? *)', 'day-of-month "15W": W is not supported'],
    ['cron(0 10 ? * 6L *)', 'day-of-week "6L": L is not supported'],
    ['cron(0 10 ? * FRIL *)', 'day-of-week "FRIL": L is not supported'],
    ['cron(0 10 ? * MON#2 *)', 'day-of-week "MON#2": # is not supported'],
    ['cron(60 10 * * ? *)', 'minutes "60": values are 0 to 59'],
    ['cron(0 24 * * ? *)', 'hours "24": values are 0 to 23'],
    ['cron(0 0 0 * ? *)', 'day-of-month "0": values are 1 to 31'],
    ['cron(0 0 1 13 ? *)', 'month "13": values are 1 to 12'],
    ['cron(0 0 ? * 0 *)', 'day-of-week "0": values are 1 to 7'],
    ['cron(0 0 1 * ? 1969)', 'year "1969": values are 1970 to 2199'],
    ['cron(JAN 0 * * ? *)', 'minutes "JAN": values are 0 to 59'],
    ['cron(0 0 ? * JAN *)', 'day-of-week "JAN": values are 1 to 7'],
    ['cron(? 0 * * ? *)', 'minutes "?": it is no value, range, step or *'],
    ['cron(0 0 1,? * ? *)', 'day-of-month "?": it is no value'],
    ['cron(0,, 0 * * ? *)', 'minutes "": it is no value'],
    ['cron(-5 0 * * ? *)', 'minutes "-5": it is no value'],
    ['cron(*/0 0 * * ? *)', 'minutes "*/0": a step is 1 or more'],
    ['cron(30-10 0 * * ? *)', 'minutes "30-10": the range goes backwards'],
  ])('%s is refused: %s', (expression, message) => {
    expect(() => parseSchedule(expression)).toThrow(message);
  });

  test('is due in exactly the minutes that all of its fields name', () => {
    const from = at('2027-02-26T00:00:00Z');
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        field(1, 31),
        field(1, 12),
        field(1, 7),
        fc.boolean(),
        fc.integer({ min: -MINUTE, max: 4 * DAY }),
        fc.integer({ min: 0, max: 2 * DAY }),
        (minutes, hours, days, months, weekdays, byWeekday, start, length) => {
          const day = byWeekday ? `? ${months.text} ${weekdays.text}` : `${days.text} ${months.text} ?`;
          const schedule = parseSchedule(`cron(${minutes.text} ${hours.text} ${day} *)`)(0);
          const [after, upTo] = [from + start, from + start + length];
          const due: number[] = [];
          for (let time = Math.floor(after / MINUTE + 1) * MINUTE; time <= upTo; time += MINUTE) {
            const date = new Date(time);
            if (
              minutes.values.has(date.getUTCMinutes()) &&
              hours.values.has(date.getUTCHours()) &&
              months.values.has(date.getUTCMonth() + 1) &&
              (byWeekday ? weekdays.values.has(date.getUTCDay() + 1) : days.values.has(date.getUTCDate()))
            ) {
              due.push(time);
            }
          }
          expect(iso(schedule.first(after, upTo))).toBe(iso(due[0]));
          expect(iso(schedule.last(after, upTo))).toBe(iso(due.at(-1)));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a rate', () => {
  test.each([
    ['rate(1 minute)', ['2026-11-23T00:01', '2026-11-23T00:02']],
    ['rate(5 minutes)', ['2026-11-23T00:05', '2026-11-23T00:10']],
    ['rate(1 hour)', ['2026-11-23T01:00', '2026-11-23T02:00']],
    ['rate(36 hours)', ['2026-11-24T12:00', '2026-11-26T00:00']],
    ['rate(1 day)', ['2026-11-24T00:00', '2026-11-25T00:00']],
  ])('%s counts from the rule’s beginning', (expression, expected) => {
    expect(following(expression, '2026-11-23T00:00:00Z', expected.length)).toEqual(expected);
  });

  test('is due once in each period and never before the first is over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2000 }),
        fc.nat(4 * DAY),
        fc.nat(4 * DAY),
        (count, start, length) => {
          const since = at('2026-11-23T00:00:00Z');
          const schedule = parseSchedule(`rate(${count} minutes)`)(since);
          const [after, upTo] = [since + start, since + start + length];
          const due = Array.from(
            { length: Math.ceil((8 * DAY) / (count * MINUTE)) },
            (_, index) => since + (index + 1) * count * MINUTE,
          ).filter((time) => time > after && time <= upTo);
          expect(iso(schedule.first(after, upTo))).toBe(iso(due[0]));
          expect(iso(schedule.last(after, upTo))).toBe(iso(due.at(-1)));
        },
      ),
    );
  });

  test.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(-1 hours)',
    'rate(1.5 hours)',
    'rate(1 week)',
    'rate(5)',
    'rate(99999999999999999 days)',
    'at(2026-11-23T10:00:00)',
    'every day',
    '',
  ])('%j is refused', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(/rate\(/);
  });
});

/** The text of a cron field together with the values that it stands for, built from the values. */
function field(minimum: number, maximum: number): fc.Arbitrary<{ text: string; values: Set<number> }> {
  const value = fc.integer({ min: minimum, max: maximum });
  const step = fc.integer({ min: 1, max: maximum });
  const upward = (from: number, to: number, by: number) => {
    const values: number[] = [];
    for (let next = from; next <= to; next += by) values.push(next);
    return values;
  };
  const item = fc.oneof(
    fc.constant({ text: '*', values: upward(minimum, maximum, 1) }),
    value.map((only) => ({ text: `${only}`, values: [only] })),
    fc.tuple(value, value).map(([a, b]) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      return { text: `${from}-${to}`, values: upward(from, to, 1) };
    }),
    fc.tuple(value, step).map(([from, by]) => ({ text: `${from}/${by}`, values: upward(from, maximum, by) })),
    step.map((by) => ({ text: `*/${by}`, values: upward(minimum, maximum, by) })),
  );
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    values: new Set(items.flatMap(({ values }) => values)),
  }));
}
