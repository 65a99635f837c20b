/** One of the six fields of a cron expression: its values, and what else may stand there. */
export interface CronField {
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Names for the values from `minimum` on, in upper case. */
  readonly names?: readonly string[];
  /** Quartz wildcards that AWS allows in this field and the local runner does not know. */
  readonly unsupported?: Readonly<Record<string, RegExp>>;
}

const LAST = /^(?:L|LW|L-\d+|(?:\d|[A-Z]{3})L)$/;
const WEEKDAY = /^\d*W$/;

export const cronFields = {
  minutes: { label: 'minutes', minimum: 0, maximum: 59 },
  hours: { label: 'hours', minimum: 0, maximum: 23 },
  daysOfMonth: {
    label: 'day-of-month',
    minimum: 1,
    maximum: 31,
    unsupported: { L: LAST, W: WEEKDAY },
  },
  months: {
    label: 'month',
    minimum: 1,
    maximum: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  daysOfWeek: {
    label: 'day-of-week',
    minimum: 1,
    maximum: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    unsupported: { L: LAST, '#': /#/ },
  },
  years: { label: 'year', minimum: 1970, maximum: 2199 },
} as const satisfies Record<string, CronField>;

const ITEM = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/;

/**
 * The values that a field allows: `*`, values, ranges, steps (`2/3` goes on to the maximum) and lists of them.
 * @throws Error that names the field and the part that is not understood or not supported
 */
export function parseCronField(field: CronField, text: string): ReadonlySet<number> {
  return new Set(
    text
      .toUpperCase()
      .split(',')
      .flatMap((item) => valuesOf(field, item)),
  );
}

function valuesOf(field: CronField, item: string): number[] {
  for (const [wildcard, pattern] of Object.entries(field.unsupported ?? {})) {
    if (pattern.test(item)) throw invalid(field, item, `${wildcard} is not supported by the local runner`);
  }
  const match = ITEM.exec(item);
  if (match === null) throw invalid(field, item, 'it is no value, range, step or *');
  const { from, to, step } = match.groups ?? {};
  const first = from === undefined ? field.minimum : readValue(field, item, from);
  const isSingle = from !== undefined && to === undefined && step === undefined;
  const last = to !== undefined ? readValue(field, item, to) : isSingle ? first : field.maximum;
  const stride = Number(step ?? 1);
  if (last < first) throw invalid(field, item, 'the range goes backwards');
  if (stride < 1) throw invalid(field, item, 'a step is 1 or more');
  return Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, index) => first + index * stride,
  );
}

function readValue(field: CronField, item: string, text: string): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? field.minimum + named : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.minimum && value <= field.maximum) return value;
  throw invalid(field, item, `values are ${field.minimum} to ${field.maximum}`);
}

function invalid({ label }: CronField, item: string, reason: string): Error {
  return new Error(`${label} "${item}": ${reason}`);
}
