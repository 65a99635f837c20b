/** A series that somebody measured: requests by the hour, beginning at `start` (epoch ms). */
export interface Series {
  /** Of its file. */
  readonly name: string;
  readonly start: number;
  readonly requests: number[];
}

/** A labelled window; epoch ms, both ends belong to it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What is wrong with a file, in words for whoever made it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const hour = 3_600_000;

/** A hundred years of hours: more is a wrong unit, and would only fill the memory. */
const longest = 100 * 366 * 24;

/**
 * Reads `timestamp,value` lines: ISO 8601, `YYYY-MM-DD HH:MM:SS` (UTC; slashes do, too) or epoch seconds or milliseconds, and
 * the requests since the line before. A first line without a time is a header. Lines may come in any order and at any spacing.
 * @throws InputError with the file and the number of the line
 */
export function readSeries(text: string, file: string): Series {
  const points = linesOf(text).flatMap(({ line, number }, index) => {
    const cells = cellsOf(line);
    const at = timeOf(cells[0] ?? '');
    if (at === undefined && index === 0) return [];
    if (cells.length !== 2) {
      throw new InputError(
        `${file}, line ${number}: expected "timestamp,value", and it has ${cells.length === 1 ? 'no comma' : `${cells.length} columns`}`,
      );
    }
    return [{ at: at ?? notATime(file, number, cells[0]), value: requestsOf(cells[1] ?? '', file, number) }];
  });
  if (points.length === 0) throw new InputError(`${file}: it holds no line "timestamp,value"`);
  const first = points.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const last = points.reduce((most, { at }) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  const start = Math.floor(first / hour) * hour;
  const hours = Math.floor((last - start) / hour) + 1;
  if (hours > longest) {
    throw new InputError(
      `${file}: from ${isoOf(first)} to ${isoOf(last)} is more than a hundred years; are the timestamps in one unit?`,
    );
  }
  const requests = Array<number>(hours).fill(0);
  for (const { at, value } of points) {
    const slot = Math.floor((at - start) / hour);
    requests[slot] = (requests[slot] ?? 0) + value;
  }
  return { name: file, start, requests: requests.map(Math.round) };
}

/**
 * Reads labelled windows: a CSV of `start,end` lines, a JSON array `[["start","end"], ...]`, or an object of such arrays
 * by file name as the Numenta Anomaly Benchmark has it.
 * @param series which such an object is asked for by its name
 * @throws InputError with the place
 */
export function readWindows(text: string, file: string, series: Series): Window[] {
  const windows = windowsIn(text, file, series.name);
  const end = series.start + series.requests.length * hour;
  const outside = windows.findIndex(({ from, to }) => to < series.start || from >= end);
  // Of another year, or in another unit: nothing could ever be found in it.
  if (outside !== -1) {
    throw new InputError(
      `${file}, window ${outside + 1}: it is not within ${series.name}, which is from ${isoOf(series.start)} to ${isoOf(end)}`,
    );
  }
  return windows;
}

/** Whether the windows are those of several series, by name. */
export const areByName = (text: string): boolean => /^\s*\{/.test(text);

function windowsIn(text: string, file: string, series: string): Window[] {
  if (/^\s*[[{]/.test(text)) return readJson(text, file, series);
  return linesOf(text).flatMap(({ line, number }, index) => {
    const cells = cellsOf(line);
    if (index === 0 && cells.every((cell) => timeOf(cell) === undefined)) return [];
    if (cells.length !== 2) throw new InputError(`${file}, line ${number}: expected "start,end"`);
    return [windowOf(cells[0], cells[1], file, `line ${number}`)];
  });
}

function readJson(text: string, file: string, series: string): Window[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file}: it begins like JSON, and is none: ${error instanceof Error ? error.message : error}`,
    );
  }
  const windows = Array.isArray(value) ? value : ofSeries(value as Record<string, unknown>, file, series);
  return windows.map((window: unknown, index) => {
    const place = `window ${index + 1}`;
    if (!Array.isArray(window) || window.length !== 2) {
      throw new InputError(`${file}, ${place}: expected ["start", "end"]`);
    }
    return windowOf(window[0], window[1], file, place);
  });
}

/** By the same name, or by the same end of the path: `realTweets/Twitter_volume_AAPL.csv`. */
function ofSeries(value: Record<string, unknown>, file: string, series: string): unknown[] {
  const base = (path: string) => path.split('/').at(-1);
  const names = Object.keys(value);
  const name = names.find((name) => name === series) ?? names.find((name) => base(name) === base(series));
  if (name === undefined) throw new InputError(`${file}: it has no windows for ${base(series)}`);
  const windows = value[name];
  if (!Array.isArray(windows)) throw new InputError(`${file}: what it has for ${name} is no array`);
  return windows;
}

function windowOf(start: unknown, end: unknown, file: string, place: string): Window {
  const [from, to] = [timeOf(String(start ?? '')), timeOf(String(end ?? ''))];
  if (from === undefined || to === undefined) {
    throw new InputError(`${file}, ${place}: "${from === undefined ? start : end}" is not a time`);
  }
  if (to < from) throw new InputError(`${file}, ${place}: it ends before it starts`);
  return { from, to };
}

const linesOf = (text: string) =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');

const cellsOf = (line: string): string[] =>
  line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/** Until the year 5138 a count of seconds is below this, and one of milliseconds since 1973 above. */
const secondsBelow = 1e11;

/** @returns epoch ms, or undefined where the text is no time */
export function timeOf(text: string): number | undefined {
  if (/^\d{9,16}(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return number < secondsBelow ? number * 1000 : number;
  }
  const parts =
    /^(\d{4}[-/]\d{2}[-/]\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const [, date, time = '00:00', zone = 'Z'] = parts;
  const at = Date.parse(
    `${date?.replaceAll('/', '-')}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`,
  );
  return Number.isNaN(at) ? undefined : at;
}

function notATime(file: string, number: number, text = ''): never {
  throw new InputError(
    `${file}, line ${number}: "${text}" is not a time (ISO 8601, "YYYY-MM-DD HH:MM:SS", or epoch seconds or milliseconds)`,
  );
}

function requestsOf(text: string, file: string, number: number): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw new InputError(`${file}, line ${number}: "${text}" is not a number of requests`);
  if (value < 0) throw new InputError(`${file}, line ${number}: ${value} requests cannot be: the least is 0`);
  return value;
}

const isoOf = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at));
