import { precision, quantileOf, recall, type Score } from './score.ts';

/** A line of a table: what was put in or labelled, and what was told. */
export function row(score: Score): Record<string, string | number> {
  return {
    labelled: score.labels,
    found: score.found,
    alerts: score.alerts,
    precision: precision(score).toFixed(3),
    recall: recall(score).toFixed(3),
    'delay h, median': score.delays.length === 0 ? '-' : quantileOf(score.delays, 0.5),
    'delay h, 9 of 10': score.delays.length === 0 ? '-' : quantileOf(score.delays, 0.9),
  };
}

/** Which surges are found. */
export function heightsOf(byFactor: ReadonlyMap<number, Score>): Record<string, object> {
  const heights = [...byFactor].toSorted(([a], [b]) => a - b);
  return Object.fromEntries(
    heights.map(([factor, { labels, found }]) => [
      `${factor}x`,
      { labelled: labels, found, recall: (found / labels).toFixed(3) },
    ]),
  );
}
