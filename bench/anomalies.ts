import { parseArgs } from 'node:util';
import { InputError } from './traffic/csv.ts';
import { playQuotas, type QuotaResult } from './traffic/quota-months.ts';
import { heightsOf, row } from './traffic/report.ts';
import { reportRecorded } from './traffic/report-recorded.ts';
import { nothing, precision, quantileOf, recall, type Score, sum } from './traffic/score.ts';
import { injectedKinds, playSuite, type Result } from './traffic/suite.ts';
import { trafficKinds } from './traffic/usual-traffic.ts';

/**
 * How well unusual traffic is detected. Plays months of made-up, labelled traffic of several hundred keys, hour by hour,
 * through the rules that `detect-anomalies` applies, and exits with 1 where a target is missed; or recorded series. The
 * parameters were chosen on the seeds `tuning`; those of `report` are for what is reported.
 */
const usage = `npm run bench:anomalies [-- OPTIONS]
                    plays made-up traffic; fails where a target is missed
  --seeds tuning    the same on the seeds that the parameters were chosen on
  --csv FILE...     plays recorded series instead, each as a key of its own: lines "timestamp,value",
                    the requests since the line before; at any spacing, added up to hours of UTC
  --labels FILE     windows in which the series is unusual: lines "start,end", or JSON
                    [["start","end"], ...], or {"FILE": [["start","end"], ...], ...}
  --inject SEED     puts surges and silences into the series, and tells which are found`;

const seeds = { tuning: [11, 12, 13, 14], report: [101, 102, 103, 104] };
const size = { clean: 10, injected: 5, days: 120 };
const targets = { precision: 0.95, recall: 0.9, falseAlerts: 1 };

try {
  const { values, positionals } = parseArgs({
    options: {
      seeds: { type: 'string' },
      csv: { type: 'string', multiple: true },
      labels: { type: 'string' },
      inject: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    // What a shell makes of --csv *.csv.
    allowPositionals: true,
  });
  process.exitCode = main(values, positionals);
} catch (error) {
  const isInput = error instanceof InputError || (error instanceof TypeError && 'code' in error);
  if (!isInput) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

interface Options {
  readonly seeds?: string;
  readonly csv?: readonly string[];
  readonly labels?: string;
  readonly inject?: string;
  readonly help?: boolean;
}

/** @returns the exit status */
function main({ seeds, csv, labels, inject, help }: Options, more: readonly string[]): number {
  if (help === true) {
    console.log(usage);
    return 0;
  }
  if (csv === undefined) {
    if (labels !== undefined) throw new InputError('--labels needs --csv');
    if (inject !== undefined) throw new InputError('--inject needs --csv');
    if (more.length > 0) throw new InputError(`"${more[0]}" is no option; a series is named by --csv`);
    return suite(seeds ?? 'report');
  }
  if (seeds !== undefined) throw new InputError('--seeds are of made-up traffic: leave out --csv');
  reportRecorded({ csv: [...csv, ...more], labels, inject });
  return 0;
}

/** @returns the exit status */
function suite(name: string): number {
  if (name !== 'tuning' && name !== 'report')
    throw new InputError(`--seeds is "tuning" or "report", not "${name}"`);
  const chosen = seeds[name];
  const results = chosen.map((seed) => playSuite(seed, size));
  const quotas = chosen.map((seed) => playQuotas(seed, 60));
  const keys = results.reduce((total, result) => total + result.keys, 0);
  console.log(`${keys} keys, ${size.days} days each; seeds "${name}" (${chosen.join(', ')}).`);
  console.log(
    name === 'report'
      ? 'The parameters were chosen on other seeds: --seeds tuning.\n'
      : 'The parameters were chosen on these seeds: what counts is --seeds report.\n',
  );
  printKinds(results, quotas);
  printSurges(results);
  const falseAlerts = printClean(results);
  printCost(results);

  const surges = total(results, ({ scores }) => scores.surge);
  const checks = [
    [
      `precision of surges, 5x and more: ${precision(surges).toFixed(3)}, at least ${targets.precision}`,
      precision(surges) >= targets.precision,
    ],
    [
      `recall of surges, 5x and more: ${recall(surges).toFixed(3)}, at least ${targets.recall}`,
      recall(surges) >= targets.recall,
    ],
    [
      `false alerts per clean key and quarter: ${falseAlerts.toFixed(3)}, at most ${targets.falseAlerts}`,
      falseAlerts <= targets.falseAlerts,
    ],
  ] as const;
  for (const [what, isMet] of checks) console.log(`${isMet ? 'met' : 'MISSED'}: ${what}`);
  return checks.every(([, isMet]) => isMet) ? 0 : 1;
}

function total(results: readonly Result[], of: (result: Result) => Score | undefined): Score {
  return results.reduce((all, result) => sum(all, of(result) ?? nothing), nothing);
}

function printKinds(results: readonly Result[], quotas: readonly QuotaResult[]): void {
  const lead = quotas.flatMap((quota) => quota.lead);
  const repeated = quotas.reduce((all, quota) => all + quota.repeated, 0);
  console.log('Kinds, on keys with incidents (surge: 5x and more):');
  console.table({
    ...Object.fromEntries(
      injectedKinds.map((kind) => [kind, row(total(results, ({ scores }) => scores[kind]))]),
    ),
    'quota-threshold': row(quotas.reduce((all, { thresholds }) => sum(all, thresholds), nothing)),
    'quota-forecast': row(quotas.reduce((all, { forecasts }) => sum(all, forecasts), nothing)),
  });
  const days = (share: number) => quantileOf(lead, share).toFixed(1);
  console.log(
    `Forecasts come ${days(0.5)} days (median; 1 of 10: less than ${days(0.1)}) before the requests are used up; ${repeated} months had two.\n`,
  );
}

function printSurges(results: readonly Result[]): void {
  const factors = new Set(results.flatMap(({ byFactor }) => [...byFactor.keys()]));
  console.log('Surges by height:');
  console.table(
    heightsOf(
      new Map([...factors].map((factor) => [factor, total(results, ({ byFactor }) => byFactor.get(factor))])),
    ),
  );
  console.log('Surges of 5x and more by traffic:');
  console.table(
    Object.fromEntries(
      trafficKinds.map((kind) => [kind, row(total(results, ({ byTraffic }) => byTraffic.get(kind)))]),
    ),
  );
}

/** @returns alerts per key and quarter */
function printClean(results: readonly Result[]): number {
  const quarters = results.reduce((all, { clean }) => all + clean.quarters, 0);
  const alerts = results.flatMap(({ clean }) => clean.alerts);
  const perKind = quarters / trafficKinds.length;
  console.log('False alerts per key and quarter, on keys without incidents:');
  console.table(
    Object.fromEntries(
      trafficKinds.map((traffic) => {
        const own = alerts.filter((alert) => alert.traffic === traffic);
        const of = (kind: string) =>
          (own.filter(({ incident }) => incident.kind === kind).length / perKind).toFixed(2);
        return [
          traffic,
          {
            ...Object.fromEntries(injectedKinds.map((kind) => [kind, of(kind)])),
            all: (own.length / perKind).toFixed(2),
          },
        ];
      }),
    ),
  );
  return alerts.length / quarters;
}

function printCost(results: readonly Result[]): void {
  const looks = results.reduce((all, { cost }) => all + cost.looks, 0);
  const milliseconds = results.reduce((all, { cost }) => all + cost.milliseconds, 0);
  const bytes = Math.max(...results.map(({ cost }) => cost.bytes));
  console.log(
    `${looks} looks, ${((milliseconds * 1000) / looks).toFixed(1)} microseconds of a processor each; the largest model has ${bytes} bytes.\n`,
  );
}
