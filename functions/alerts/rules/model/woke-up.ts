import type { Sight, Signal } from '../signal.ts';
import type { Draft } from './model.ts';
import { day } from './numbers.ts';
import { count, date, moment } from './words.ts';

export const wokeUpRules = { asleep: 30 * day, lasts: day } as const;

/** Whether the sight's requests are the first after weeks. */
export const wakes = (model: Draft, { from, requests }: Sight): boolean =>
  requests > 0 && model.last !== undefined && from - model.last >= wokeUpRules.asleep;

export const wokeUpLookAt = ({ wokeUp }: Draft): number | undefined =>
  wokeUp && wokeUp.at + wokeUpRules.lasts;

export function tellWokeUp({ wokeUp, through }: Draft): Signal[] {
  if (wokeUp === undefined || through >= wokeUp.at + wokeUpRules.lasts) return [];
  const { at, before } = wokeUp;
  const days = Math.floor((at - before) / day);
  return [
    {
      kind: 'woke-up',
      severity: 'warning',
      of: '',
      explanation: `Requests since ${moment(at)}, the first after ${count(days, 'day')}; the last one before was on ${dateWithYear(before, at)}.`,
      facts: { days, at: new Date(at).toISOString(), lastBefore: new Date(before).toISOString() },
    },
  ];
}

function dateWithYear(before: number, at: number): string {
  const year = new Date(before).getUTCFullYear();
  return year === new Date(at).getUTCFullYear() ? date(before) : `${date(before)} ${year}`;
}
