import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';

/**
 * Makes series for `npm run bench:anomalies -- --csv` of what really happened: departures by the hour of 229 airports in the
 * United States, January to June 2001. Nobody needs that to build or test anything, so the packages are in a folder of
 * their own:
 *
 *     npm install --no-save --prefix FOLDER vega-datasets@3.2.1 hyparquet@1.31.5
 *     npx node bench/departures.ts FOLDER
 *
 * Writes `FOLDER/departures/ATL.csv` and so on: all departures of an airport; and `FOLDER/late/ATL.csv`: those that arrived an
 * hour late, or later, which come in bursts. Times are the airport's own, written as if they were UTC.
 */

/** Of hyparquet, what is needed here. */
interface Parquet {
  asyncBufferFromFile(path: string): Promise<unknown>;
  parquetRead(options: {
    readonly file: unknown;
    readonly columns: readonly string[];
    readonly compressors: Readonly<Record<string, (input: Uint8Array) => Uint8Array>>;
    readonly onComplete: (rows: readonly Departure[]) => void;
  }): Promise<void>;
}

/** When, how many minutes late it arrived, and from where. */
type Departure = readonly [at: Date, delay: bigint, airport: string];

const hour = 3_600_000;
const begin = Date.UTC(2001, 0, 1);
const hours = (Date.UTC(2001, 6, 1) - begin) / hour;

const [, , folder = ''] = process.argv;
const modules = join(folder, 'node_modules');
const data = join(modules, 'vega-datasets', 'data', 'flights-3m.parquet');
const reader = join(modules, 'hyparquet', 'src', 'node.js');
const missing = [data, reader].find((path) => !existsSync(path));
if (folder === '' || missing !== undefined) {
  const why = folder === '' ? 'name the folder' : `${missing} is missing`;
  console.error(
    `${why}: npm install --no-save --prefix FOLDER vega-datasets@3.2.1 hyparquet@1.31.5, then npx node bench/departures.ts FOLDER`,
  );
  process.exit(2);
}

const { asyncBufferFromFile, parquetRead } = (await import(pathToFileURL(reader).href)) as Parquet;
const departures = new Map<string, number[]>();
const late = new Map<string, number[]>();

function add(to: Map<string, number[]>, airport: string, at: number): void {
  const counts = to.get(airport) ?? Array<number>(hours).fill(0);
  to.set(airport, counts);
  counts[at] = (counts[at] ?? 0) + 1;
}

await parquetRead({
  file: await asyncBufferFromFile(data),
  columns: ['date', 'delay', 'origin'],
  compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  onComplete: (rows) => {
    for (const [date, delay, airport] of rows) {
      const at = Math.floor((date.getTime() - begin) / hour);
      // One departure is of the first minute of July.
      if (at >= hours) continue;
      add(departures, airport, at);
      if (delay >= 60n) add(late, airport, at);
    }
  },
});

for (const [name, series] of Object.entries({ departures, late })) {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [airport, counts] of series) {
    const lines = counts.map((count, at) => `${new Date(begin + at * hour).toISOString()},${count}`);
    writeFileSync(join(folder, name, `${airport}.csv`), `timestamp,value\n${lines.join('\n')}\n`);
  }
  console.log(`${series.size} series in ${join(folder, name)}`);
}
