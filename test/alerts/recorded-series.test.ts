import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readSeries, readWindows, timeOf } from '../../bench/traffic/csv.ts';
import { reportRecorded } from '../../bench/traffic/report-recorded.ts';

const at = Date.UTC(2026, 10, 27, 3);

describe('times', () => {
  test.each([
    ['2026-11-27T03:00:00Z'],
    ['2026-11-27T03:00:00.000Z'],
    ['2026-11-27T04:00:00+01:00'],
    ['2026-11-27T04:00:00+0100'],
    ['2026-11-27 03:00:00'],
    ['2026-11-27 03:00:00.000000'],
    ['2026-11-27 03:00'],
    ['2026/11/27 03:00:00'],
    [String(at / 1000)],
    [String(at)],
  ])('%s is read', (text) => {
    expect(timeOf(text)).toBe(at);
  });

  test.each(['', 'yesterday', '27.11.2026', '2026-13-01', '2026-11-27T25:00Z', '12'])(
    '"%s" is none',
    (text) => {
      expect(timeOf(text)).toBeUndefined();
    },
  );
});

describe('a series', () => {
  test('is added up to hours, at any spacing and in any order, with and without header', () => {
    const lines = ['2026-11-27 05:10:00,7', '2026-11-27 03:00:00,1', '2026-11-27 03:55:00,2.4'];
    const expected = { name: 'a.csv', start: at, requests: [3, 0, 7] };
    expect(readSeries(`timestamp,value\n${lines.join('\n')}\n`, 'a.csv')).toEqual(expected);
    expect(readSeries(`\uFEFF${lines.join('\r\n')}`, 'a.csv')).toEqual(expected);
    expect(
      readSeries(lines.map((line) => line.replace(/(.*),(.*)/, '"$1", "$2"')).join('\n'), 'a.csv'),
    ).toEqual(expected);
  });

  test.each([
    ['', 'a.csv: it holds no line "timestamp,value"'],
    ['timestamp,value', 'a.csv: it holds no line "timestamp,value"'],
    ['timestamp,value\nsoon,3', 'a.csv, line 2: "soon" is not a time'],
    ['timestamp,value\n\n2026-11-27,many', 'a.csv, line 3: "many" is not a number of requests'],
    ['2026-11-27,', 'a.csv, line 1: "" is not a number of requests'],
    ['2026-11-27,-4', 'a.csv, line 1: -4 requests cannot be'],
    ['2026-11-27', 'a.csv, line 1: expected "timestamp,value", and it has no comma'],
    ['2026-11-27,1,2', 'a.csv, line 1: expected "timestamp,value", and it has 3 columns'],
    ['2026-11-27,1\n1234567890123456,1', 'is more than a hundred years'],
  ])('%j is refused in words that say where and what', (text, message) => {
    expect(() => readSeries(text, 'a.csv')).toThrow(message);
  });
});

describe('windows', () => {
  const windows = [{ from: at, to: at + 3_600_000 }];
  const pair = ['2026-11-27 03:00:00.000000', '2026-11-27 04:00:00.000000'];
  const series = { name: '/data/a.csv', start: at - 24 * 3_600_000, requests: Array<number>(48).fill(1) };

  test.each([
    ['lines', `start,end\n${pair.join(',')}\n`],
    ['lines without header', pair.join(',')],
    ['a JSON array', JSON.stringify([pair])],
    ['an object by file', JSON.stringify({ 'other.csv': [], 'folder/a.csv': [pair] })],
  ])('are read from %s', (_, text) => {
    expect(readWindows(text, 'labels', series)).toEqual(windows);
  });

  test.each([
    ['start,end\n2026-11-27', 'labels, line 2: expected "start,end"'],
    ['2026-11-27,soon', 'labels, line 1: "soon" is not a time'],
    ['2026-11-27,2026-11-26', 'labels, line 1: it ends before it starts'],
    [
      '2025-11-27,2025-11-28',
      'labels, window 1: it is not within /data/a.csv, which is from 2026-11-26T03:00',
    ],
    ['{"b.csv":[]}', 'labels: it has no windows for a.csv'],
    ['{"a.csv":3}', 'labels: what it has for a.csv is no array'],
    ['[["2026-11-27"]]', 'labels, window 1: expected ["start", "end"]'],
    ['[[', 'labels: it begins like JSON, and is none'],
  ])('%j is refused in words that say where and what', (text, message) => {
    expect(() => readWindows(text, 'labels', series)).toThrow(message);
  });
});

describe('the benchmark as a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-series-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'bench/anomalies.ts', ...args],
      { encoding: 'utf8' },
    );
    return { status, stdout, stderr };
  };

  test('plays a recorded series, and tells what was found of the labelled windows', () => {
    const [csv, labels] = [join(folder, 'series.csv'), join(folder, 'labels.csv')];
    const hours = Array.from({ length: 24 * 30 }, (_, number) => {
      const count = number === 24 * 25 + 3 ? 412 : 12 + (number % 7);
      return `${new Date(at + number * 3_600_000).toISOString()},${count}`;
    });
    writeFileSync(csv, `timestamp,value\n${hours.join('\n')}\n`);
    writeFileSync(labels, '2026-12-22T06:00:00Z,2026-12-22T07:00:00Z\n');
    const { status, stdout, stderr } = run('--csv', csv, '--labels', labels);
    expect(stderr).toBe('');
    expect(stdout).toContain('surge: 412 requests between 06:00 and 07:00 UTC on 22 December');
    expect(stdout).toContain('1 labelled windows, 1 found; 1 alerts, 1 within a window.');
    expect(stdout).toContain('Precision 1.000, recall 1.000, median delay 1 h.');
    expect(status).toBe(0);
  });

  test('plays several at once, and tells how often something is told; of each, its own labels count', () => {
    const files = ['calm', 'loud'].map((name) => {
      const hours = Array.from({ length: 24 * 91 }, (_, number) => {
        const count = name === 'loud' && number === 24 * 25 + 3 ? 412 : 12 + (number % 7);
        return `${new Date(at + number * 3_600_000).toISOString()},${count}`;
      });
      const file = join(folder, `${name}.csv`);
      writeFileSync(file, hours.join('\n'));
      return file;
    });
    const { status, stdout, stderr } = run('--csv', ...files);
    expect(stderr).toBe('');
    expect(stdout).toContain('loud: surge: 412 requests');
    expect(stdout).toContain('2 series, 182 days of them together; nothing is told of 1.');
    expect(stdout).toMatch(/surge .* 1 .*'0\.50'/);
    expect(status).toBe(0);

    const labels = join(folder, 'labels.json');
    const window = ['2026-12-22T06:00:00Z', '2026-12-22T07:00:00Z'];
    writeFileSync(labels, JSON.stringify({ 'calm.csv': [], 'loud.csv': [window] }));
    expect(run('--csv', ...files, '--labels', labels).stdout).toContain(
      '1 labelled windows, 1 found; 1 alerts, 1 within a window.',
    );
    writeFileSync(labels, JSON.stringify([window]));
    expect(run('--csv', ...files, '--labels', labels).stderr).toContain(
      'windows of several series are an object by the names of their files',
    );
  });

  test('puts labelled surges into a recorded series, and tells which are found: the same for the same seed', () => {
    const csv = join(folder, 'busy.csv');
    const hours = Array.from(
      { length: 24 * 120 },
      (_, number) => `${new Date(at + number * 3_600_000).toISOString()},${120 + (number % 24) * 3}`,
    );
    writeFileSync(csv, hours.join('\n'));
    const { status, stdout, stderr } = run('--csv', csv, '--inject', '1');
    expect(stderr).toBe('');
    expect(stdout).toContain('Put into 1 recorded series');
    expect(stdout).toMatch(/surge .* '1\.000' .* '1\.000'/);
    expect(stdout).toMatch(/silence .* '1\.000' .* '1\.000'/);
    expect(status).toBe(0);
    expect(run('--csv', csv, '--inject', '1').stdout).toBe(stdout);
  });

  test('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(stdout).toContain('--csv FILE...');
    expect(status).toBe(0);
  });

  test('says in a line what is wrong, without a stack', () => {
    for (const [args, message] of [
      [['--csv', join(folder, 'none.csv')], 'cannot be read'],
      [['--labels', 'labels.csv'], '--labels needs --csv'],
      [['series.csv'], 'a series is named by --csv'],
      [['--unknown'], "Unknown option '--unknown'"],
      [['--seeds', 'lucky'], '--seeds is "tuning" or "report", not "lucky"'],
    ] as const) {
      const { status, stderr } = run(...args);
      expect(stderr).toContain(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(status).toBe(2);
    }
  });

  test('of files and options that do not fit, too', () => {
    const [wrong, right] = [join(folder, 'wrong.csv'), join(folder, 'right.csv')];
    writeFileSync(wrong, 'timestamp,value\nsoon,1\n');
    writeFileSync(right, '2026-11-27,1\n');
    for (const [recordings, message] of [
      [{ csv: [wrong] }, `${wrong}, line 2: "soon" is not a time`],
      [{ csv: [right, wrong] }, 'line 2: "soon" is not a time'],
      [{ csv: [folder] }, 'cannot be read'],
      [{ csv: [right], labels: join(folder, 'none.json') }, 'none.json cannot be read'],
      [{ csv: [right], labels: wrong }, `${wrong}, line 2: "soon" is not a time`],
      [{ csv: [right], inject: 'x' }, '--inject is the number of a seed, not "x"'],
      [{ csv: [right], inject: '1', labels: wrong }, '--inject makes labels of its own'],
    ] as const) {
      expect(() => reportRecorded(recordings)).toThrow(message);
    }
  });
});
