import { expect, test } from 'vitest';
import { precision, recall } from '../../bench/traffic/score.ts';
import { injectedKinds, playSuite } from '../../bench/traffic/suite.ts';

/** A small part of `npm run bench:anomalies`, on seeds of its own: what would spoil the model shall not pass unnoticed. */
const result = playSuite(7, { clean: 2, injected: 1, days: 100 });

test('surges of five times the usual and more are found, and what is told is one', () => {
  expect(recall(result.scores.surge)).toBeGreaterThanOrEqual(0.9);
  expect(precision(result.scores.surge)).toBeGreaterThanOrEqual(0.9);
});

test.each(injectedKinds)('%s: at least nine of ten are found', (kind) => {
  expect(result.scores[kind].labels).toBeGreaterThanOrEqual(5);
  expect(recall(result.scores[kind])).toBeGreaterThanOrEqual(0.9);
});

test('a key without incidents raises at most one alert in a quarter, on average', () => {
  const { alerts, quarters } = result.clean;
  expect(alerts.length / quarters).toBeLessThanOrEqual(1);
});

test('a model stays small', () => {
  expect(result.cost.bytes).toBeLessThan(3_000);
});
