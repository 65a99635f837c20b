import { parseCron } from './cron.ts';
import type { Schedule } from './schedule.ts';

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const RATE = /^rate\((?<count>[1-9]\d*) (?<unit>minute|hour|day)(?<plural>s?)\)$/;
const CRON = /^cron\((?<fields>[^()]*)\)$/;

/**
 * Reads the schedule expression of a rule: `rate(5 minutes)` or `cron(0 10 * * ? *)`.
 * @returns the schedule of a rule that exists since the given time (milliseconds since the epoch): a rate counts from
 *   there, as on AWS
 * @throws Error with the reason for an expression that AWS refuses or the local runner does not support
 */
export function parseSchedule(expression: string): (since: number) => Schedule {
  const rate = RATE.exec(expression)?.groups;
  if (rate !== undefined) {
    const count = Number(rate['count']);
    // AWS insists on it.
    if ((count === 1) !== (rate['plural'] === '')) {
      throw new Error(`${expression}: the unit of 1 is singular, of more it is plural`);
    }
    const period = count * UNITS[rate['unit'] as keyof typeof UNITS];
    if (!Number.isSafeInteger(period)) throw new Error(`${expression}: the period is too long`);
    return (since) => rateSchedule(period, since);
  }
  const fields = CRON.exec(expression)?.groups?.['fields'];
  if (fields === undefined) {
    throw new Error(`"${expression}" is neither rate(<count> <minutes|hours|days>) nor cron(<six fields>)`);
  }
  const schedule = parseCron(fields);
  return () => schedule;
}

/** Due one period after `since` and every period from then on. */
function rateSchedule(period: number, since: number): Schedule {
  const periodsUntil = (time: number) => Math.max(0, Math.floor((time - since) / period));
  return {
    first(after, upTo) {
      const due = since + (periodsUntil(after) + 1) * period;
      return due <= upTo ? due : undefined;
    },
    last(after, upTo) {
      const due = since + periodsUntil(upTo) * period;
      return due > since && due > after ? due : undefined;
    },
  };
}
