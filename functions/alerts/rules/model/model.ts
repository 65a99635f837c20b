import * as z from 'zod';
import type { Immutable } from '../../../runtime/rules/immutable.ts';
import { refusalStatuses } from '../signal.ts';

/** A mean that forgets: what came, and how much time (weighted by season) it came in; the quotient is the mean. */
const mean = z.object({ sum: z.number(), weight: z.number() });

/** The same for each hour of a day, or day of a week; `sum` in multiples of what was expected without them. */
const factors = (count: number) =>
  z.object({ sum: z.array(z.number()).length(count), weight: z.array(z.number()).length(count) });

/** A stretch of time and what came in it, against what is usual: the strongest that an incident has had. */
const stretch = z.object({
  from: z.number(),
  to: z.number(),
  count: z.number(),
  low: z.number(),
  high: z.number(),
  middle: z.number(),
  /** The strongest usual burst. */
  burst: z.number(),
});

const burst = z.object({
  since: z.number(),
  /** Requests of the whole incident so far. */
  total: z.number(),
  /** Hours in a row that were as usual again: an incident ends by them. */
  calm: z.number(),
  worst: stretch,
});

const refusals = z.object({ level: mean, recent: mean, peak: z.number(), burst: burst.optional() });

/**
 * What is kept of a subject between two looks: JSON of bounded size, under 4 KB. Times are epoch milliseconds, spans hours.
 * Only this folder reads its fields.
 */
const modelSchema = z.object({
  v: z.literal(1),
  /** Where what is known begins: the first sight, or the first after weeks without requests. */
  since: z.number(),
  /** Where the last sight ended. */
  through: z.number(),
  /** The end of the last sight that had requests. */
  last: z.number().optional(),
  /** Requests an hour without season: learned slowly, and from surges only in part. */
  level: mean,
  /** The same over a week or so: what a month is foretold by. */
  pace: mean,
  /** The same of the last half day, learned from everything. */
  recent: mean,
  day: factors(24),
  week: factors(7),
  /** How far hours are from what was expected: variance beyond chance, as a multiple of the expectation's square. */
  spread: mean,
  /** The strongest usual burst, in requests an hour without season, and when it was: some days later it fades. */
  peak: z.object({ height: z.number(), at: z.number() }),
  /** The most requests of an hour, as they came, and when: it fades like the strongest burst. */
  most: z.object({ count: z.number(), at: z.number() }),
  /** The height of the last surge: a second one like it makes both usual. */
  lastSurge: z.number(),
  /** Requests that were expected in the longest usual pause; it fades. */
  pause: z.number(),
  /** The time without requests until `through`, if there is one. */
  quiet: z.object({ since: z.number(), expected: z.number(), odds: z.number() }).optional(),
  surge: burst.optional(),
  /** The silence that was found, until a request ends it; two weeks after `since` it is not told any more. */
  silence: z.object({ since: z.number(), level: z.number() }).optional(),
  wokeUp: z.object({ at: z.number(), before: z.number() }).optional(),
  refusals: z.object({ '401': refusals.optional(), '403': refusals.optional(), '429': refusals.optional() }),
  /** Networks by the hour (since 1970) in which they were last seen, and those of the last day that are new, look by look. */
  networks: z
    .object({
      since: z.number(),
      seen: z.record(z.string(), z.number()),
      fresh: z.array(z.object({ at: z.number(), names: z.array(z.string()), known: z.array(z.string()) })),
    })
    .optional(),
  forecast: z.object({ period: z.string(), open: z.boolean(), ended: z.boolean() }).optional(),
});

/** A copy that a look may change. */
export type Draft = z.infer<typeof modelSchema>;

export type Model = Immutable<Draft>;

export type Mean = z.infer<typeof mean>;
export type Burst = z.infer<typeof burst>;
export type Stretch = Immutable<z.infer<typeof stretch>>;
export type Refusals = z.infer<typeof refusals>;

export const isModel = (value: unknown): value is Model => modelSchema.safeParse(value).success;

/** Hours differ by half of what is expected, until it is known better: as if that had been seen for a day. */
const presumedSpread = { sum: 0.25 * 24, weight: 24 };

/** A model that has seen nothing yet. */
export function beginning(at: number): Draft {
  return {
    v: 1,
    since: at,
    through: at,
    level: { sum: 0, weight: 0 },
    pace: { sum: 0, weight: 0 },
    recent: { sum: 0, weight: 0 },
    day: { sum: Array(24).fill(0), weight: Array(24).fill(0) },
    week: { sum: Array(7).fill(0), weight: Array(7).fill(0) },
    spread: { ...presumedSpread },
    peak: { height: 0, at },
    most: { count: 0, at },
    lastSurge: 0,
    pause: 0,
    refusals: {},
  };
}

/** A deep copy, by hand: the general one costs more than a whole look. */
export function draftOf(model: Model): Draft {
  const { surge, silence, quiet, networks, wokeUp, forecast } = model;
  const draft = {
    ...model,
    level: { ...model.level },
    pace: { ...model.pace },
    recent: { ...model.recent },
    day: { sum: [...model.day.sum], weight: [...model.day.weight] },
    week: { sum: [...model.week.sum], weight: [...model.week.weight] },
    spread: { ...model.spread },
    peak: { ...model.peak },
    most: { ...model.most },
    refusals: refusalsOf(model.refusals),
  } as Draft;
  if (surge) draft.surge = burstOf(surge);
  if (silence) draft.silence = { ...silence };
  if (quiet) draft.quiet = { ...quiet };
  if (wokeUp) draft.wokeUp = { ...wokeUp };
  if (forecast) draft.forecast = { ...forecast };
  if (networks) draft.networks = networksOf(networks);
  return draft;
}

const burstOf = (burst: Immutable<Burst>): Burst => ({ ...burst, worst: { ...burst.worst } });

function refusalsOf(known: Model['refusals']): Draft['refusals'] {
  const copy: Draft['refusals'] = {};
  for (const status of refusalStatuses) {
    const of = known[status];
    if (of === undefined) continue;
    const { level, recent, peak, burst } = of;
    copy[status] = { level: { ...level }, recent: { ...recent }, peak };
    if (burst) copy[status].burst = burstOf(burst);
  }
  return copy;
}

function networksOf({ since, seen, fresh }: NonNullable<Model['networks']>): NonNullable<Draft['networks']> {
  return {
    since,
    seen: { ...seen },
    fresh: fresh.map(({ at, names, known }) => ({ at, names: [...names], known: [...known] })),
  };
}
