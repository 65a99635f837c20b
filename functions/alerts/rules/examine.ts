import * as z from 'zod';
import type { Sight, Signal } from './signal.ts';

/**
 * What is kept of a subject between two looks: JSON of bounded size. Only `examine` reads its fields.
 */
export const modelSchema = z.object({
  v: z.literal(1),
  /** Requests an hour, as usual. */
  level: z.number(),
  /** Hours that the level was learned from. */
  hours: z.number(),
  /** When the last request came; epoch ms. */
  last: z.number(),
  networks: z.record(z.string(), z.number()),
});

export type Model = Readonly<z.infer<typeof modelSchema>>;

export const isModel = (value: unknown): value is Model => modelSchema.safeParse(value).success;

export interface Examined {
  readonly model: Model;
  readonly signals: readonly Signal[];
  /** When to look again though nothing comes; epoch ms. */
  readonly lookAt?: number;
}

const hour = 3_600_000;

/** One look: what is unusual in this sight, and the model that has seen it. Pure: the same input gives the same answer. */
export function examine(model: Model | undefined, sight: Sight): Examined {
  const hours = Math.max((sight.to - sight.from) / hour, 1 / 60);
  const rate = sight.requests / hours;
  const known = model ?? { v: 1, level: rate, hours: 0, last: sight.from, networks: {} };
  const signals: Signal[] = [];
  const surge = known.hours >= 72 && sight.requests > 60 && rate > 5 * Math.max(known.level, 4);
  const silent =
    known.hours >= 168 && sight.requests === 0 && known.level > 4 && sight.to - known.last >= 6 * hour;
  const figures = { requests: sight.requests, usual: Math.round(known.level) };
  if (surge) {
    signals.push({
      kind: 'surge',
      severity: 'warning',
      of: '',
      explanation: `${sight.requests} requests; usual: ${Math.round(known.level)} an hour.`,
      facts: figures,
    });
  }
  if (silent) {
    signals.push({
      kind: 'silence',
      severity: 'warning',
      of: '',
      explanation: `No requests since ${new Date(known.last).toISOString()}.`,
      facts: figures,
    });
  }
  for (const status of ['401', '403', '429'] as const) {
    const refused = sight.refused[status] ?? 0;
    if (refused < 100 || refused < sight.requests) continue;
    signals.push({
      kind: 'refusals',
      severity: 'warning',
      of: status,
      explanation: `${refused} requests were refused with ${status}.`,
      facts: { refused },
    });
  }
  const { quota } = sight;
  const passed = quota && [100, 80, 50].find((percent) => quota.used * 100 >= quota.limit * percent);
  if (quota && passed) {
    signals.push({
      kind: 'quota-threshold',
      severity: passed === 100 ? 'critical' : passed === 80 ? 'warning' : 'info',
      of: `${quota.period}/${passed}`,
      explanation: `${quota.used} of the month's ${quota.limit} requests are used.`,
      facts: { used: quota.used, limit: quota.limit, percent: passed },
    });
  }
  const weight = Math.min(1, hours / 24);
  const learned = surge ? known.level : known.level + weight * (rate - known.level);
  const last = sight.requests > 0 ? sight.to : known.last;
  return {
    model: { v: 1, level: learned, hours: known.hours + hours, last, networks: {} },
    signals,
    ...(signals.length > 0
      ? { lookAt: sight.to + hour }
      : known.hours >= 160 && learned > 4
        ? { lookAt: last + 6 * hour }
        : {}),
  };
}
