import type { Label } from './incidents.ts';
import type { Incident } from './play.ts';

/** What was found of what was put in, and what was found besides. */
export interface Score {
  readonly labels: number;
  readonly found: number;
  readonly alerts: number;
  readonly right: number;
  /** Hours from the beginning of what was found until it was told. */
  readonly delays: readonly number[];
}

export const nothing: Score = { labels: 0, found: 0, alerts: 0, right: 0, delays: [] };

/** A look sees an hour when it is over, and an alert stays until some hours were as usual again. */
const tolerance = 2;

/**
 * @param labels what has to be found
 * @param neutral what may be found, and counts neither way
 */
export function score(
  incidents: readonly Incident[],
  labels: readonly Label[],
  neutral: readonly Label[] = [],
): Score {
  const hits = labels.map((label) => incidents.find((incident) => isOf(incident, label)));
  const right = incidents.filter((incident) => labels.some((label) => isOf(incident, label)));
  const other = incidents.filter(
    (incident) => !right.includes(incident) && neutral.some((label) => isOf(incident, label)),
  );
  return {
    labels: labels.length,
    found: hits.filter((hit) => hit !== undefined).length,
    alerts: incidents.length - other.length,
    right: right.length,
    delays: hits.flatMap((hit, number) =>
      hit === undefined ? [] : [Math.max(0, hit.opened - (labels[number]?.from ?? 0))],
    ),
  };
}

/** Opened within the window, or soon after it. */
const isOf = ({ kind, of, opened }: Incident, label: Label): boolean =>
  kind === label.kind && (label.of ?? of) === of && opened > label.from && opened <= label.to + tolerance;

export const sum = (a: Score, b: Score): Score => ({
  labels: a.labels + b.labels,
  found: a.found + b.found,
  alerts: a.alerts + b.alerts,
  right: a.right + b.right,
  delays: [...a.delays, ...b.delays],
});

/** 1 where there was nothing to be wrong with. */
export const precision = ({ alerts, right }: Score): number => (alerts === 0 ? 1 : right / alerts);
export const recall = ({ labels, found }: Score): number => (labels === 0 ? 1 : found / labels);

export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
