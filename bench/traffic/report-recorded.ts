import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { areByName, InputError, readSeries, readWindows, type Series, type Window } from './csv.ts';
import { injectedIntoRecorded, playInjected, playRecorded, type Recorded } from './recorded.ts';
import { heightsOf, row } from './report.ts';
import { quantileOf } from './score.ts';

/** What to play, as the command line has it. */
export interface Recordings {
  readonly csv: readonly string[];
  readonly labels?: string | undefined;
  readonly inject?: string | undefined;
}

/** Plays recorded series and prints what comes of them. @throws InputError for a file or an option that is not as it has to be */
export function reportRecorded({ csv, labels, inject }: Recordings): void {
  if (inject !== undefined && labels !== undefined) {
    throw new InputError('--inject makes labels of its own: leave out --labels');
  }
  const all = csv.map((file) => readSeries(read(file), file));
  if (inject === undefined) reportAsRecorded(all, labels);
  else reportInjected(all, inject);
}

function reportAsRecorded(all: readonly Series[], labels: string | undefined): void {
  const windowsOf = labels === undefined ? () => [] : labelsIn(labels, all.length);
  const played = all.map((series) => {
    const windows = windowsOf(series);
    return { series, windows: windows.length, result: playRecorded(series, windows) };
  });
  for (const { series, result } of played) printAlerts(series, result, all.length > 1);
  if (all.length > 1) printRates(played);
  if (labels !== undefined) printLabelled(played);
}

function labelsIn(file: string, count: number): (series: Series) => Window[] {
  const text = read(file);
  if (count > 1 && !areByName(text)) {
    throw new InputError(`${file}: windows of several series are an object by the names of their files`);
  }
  return (series) => readWindows(text, file, series);
}

interface Played {
  readonly series: Series;
  readonly windows: number;
  readonly result: Recorded;
}

function printAlerts({ name, requests }: Series, { incidents }: Recorded, isOneOfMany: boolean): void {
  if (!isOneOfMany) console.log(`${name}: ${requests.length} hours.\n`);
  const prefix = isOneOfMany ? `${basename(name, '.csv')}: ` : '';
  for (const { kind, explanation } of incidents) console.log(`${prefix}${kind}: ${explanation}`);
  if (incidents.length === 0 && !isOneOfMany) console.log('Nothing unusual.');
}

function printRates(played: readonly Played[]): void {
  const hours = played.reduce((all, { series }) => all + series.requests.length, 0);
  const quarters = hours / 24 / 91;
  const incidents = played.flatMap(({ result }) => result.incidents);
  const quiet = played.filter(({ result }) => result.incidents.length === 0).length;
  const byKind = [...Map.groupBy(incidents, ({ kind }) => kind)].map(([kind, some]) => [kind, some.length]);
  console.log(
    `\n${played.length} series, ${Math.round(hours / 24)} days of them together; nothing is told of ${quiet}.`,
  );
  console.table(
    Object.fromEntries(
      [...byKind, ['all', incidents.length] as const].map(([kind, alerts]) => [
        kind,
        { alerts, 'per series and quarter': (Number(alerts) / quarters).toFixed(2) },
      ]),
    ),
  );
}

function printLabelled(played: readonly Played[]): void {
  const total = (of: (played: Played) => number) => played.reduce((all, each) => all + of(each), 0);
  const [windows, found] = [total(({ windows }) => windows), total(({ result }) => result.found)];
  const [alerts, precise] = [
    total(({ result }) => result.incidents.length),
    total(({ result }) => result.precise),
  ];
  const delays = played.flatMap(({ result }) => result.delays);
  const median = delays.length === 0 ? '-' : `${quantileOf(delays, 0.5)} h`;
  const share = (part: number, whole: number) => (whole === 0 ? '-' : (part / whole).toFixed(3));
  console.log(`\n${windows} labelled windows, ${found} found; ${alerts} alerts, ${precise} within a window.`);
  console.log(
    `Precision ${share(precise, alerts)}, recall ${share(found, windows)}, median delay ${median}.`,
  );
}

function reportInjected(all: readonly Series[], seed: string): void {
  if (!/^\d{1,9}$/.test(seed)) throw new InputError(`--inject is the number of a seed, not "${seed}"`);
  const { scores, byFactor } = playInjected(all, Number(seed));
  console.log(
    `Put into ${all.length} recorded series (surge: 5x and more of the usual for the hour of the week):`,
  );
  console.table(Object.fromEntries(injectedIntoRecorded.map((kind) => [kind, row(scores[kind])])));
  console.log('Surges by height:');
  console.table(heightsOf(byFactor));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
