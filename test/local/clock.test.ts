import { mkdtempSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock } from '../../local/clock.ts';
import { addDuration, parseDuration } from '../../local/clock-duration.ts';
import { clockRoutes } from '../../local/clock-routes.ts';
import { openState } from '../../local/state.ts';

const DAY = 86_400_000;
const memoryClock = () => createClock({ state: openState(':memory:') });

describe('the clock', () => {
  test('tells real time until it is moved, and ticks on from where it was moved to', async () => {
    const clock = memoryClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    const target = Date.now() + 83 * DAY;
    await clock.moveTo(target);
    expect(clock.now()).toBeGreaterThanOrEqual(target);
    expect(clock.now() - target).toBeLessThan(5000);
    expect(new Float64Array(clock.offset)[0]).toBeGreaterThan(82 * DAY);
  });

  test('begins where it is told to, unless it was moved before; never in the past', async () => {
    const state = openState(':memory:');
    const startsAt = Date.now() + 30 * DAY;
    const clock = createClock({ state, startsAt });
    expect(clock.now() - startsAt).toBeLessThan(1000);
    await clock.moveTo(clock.now() + 5 * DAY);
    expect(createClock({ state, startsAt }).now()).toBeGreaterThanOrEqual(startsAt + 5 * DAY);
    const past = createClock({ state: openState(':memory:'), startsAt: Date.now() - DAY });
    expect(Math.abs(past.now() - Date.now())).toBeLessThan(1000);
  });

  test('keeps the moved time over a restart', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'latchkey-clock-')), 'state.sqlite');
    const state = openState(path);
    const clock = createClock({ state });
    await clock.moveTo(clock.now() + 5 * DAY);
    state.close();
    const again = openState(path);
    expect(createClock({ state: again }).now()).toBeGreaterThanOrEqual(clock.now() - 5000);
    again.close();
  });

  test('passes each day of a jump and its end, listeners standing at that time', async () => {
    const clock = memoryClock();
    const start = clock.now();
    const told: { from: number; to: number; standing: number }[] = [];
    clock.onMove(async (from, to) => {
      told.push({ from, to, standing: clock.now() });
    });
    await clock.moveTo(start + 3.5 * DAY);
    expect(told.map(({ to }) => Math.round((to - start) / (DAY / 2)) / 2)).toEqual([1, 2, 3, 3.5]);
    for (const { from, to, standing } of told) {
      expect(to - from).toBeLessThanOrEqual(DAY + 5000);
      expect(standing - to).toBeLessThan(5000);
    }
  });

  test('resolves only after all listeners ran, in the order of their registration', async () => {
    const clock = memoryClock();
    const told: string[] = [];
    clock.onMove(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      told.push('first');
    });
    clock.onMove(async () => {
      told.push('second');
    });
    await clock.moveTo(clock.now() + 1000);
    expect(told).toEqual(['first', 'second']);
  });

  test('moves all the way when a listener fails, and tells of it', async () => {
    const clock = memoryClock();
    const target = clock.now() + 2 * DAY;
    let others = 0;
    clock.onMove(async () => {
      throw new Error('schedule broke');
    });
    clock.onMove(async () => {
      others += 1;
    });
    await expect(clock.moveTo(target)).rejects.toThrow('schedule broke');
    expect(others).toBe(2);
    expect(clock.now()).toBeGreaterThanOrEqual(target);
  });

  test('never goes back, whatever it is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3 * DAY, max: 3 * DAY })), async (steps) => {
        const clock = memoryClock();
        for (const step of steps) {
          const before = clock.now();
          await clock.moveTo(before + step).catch(() => {});
          expect(clock.now()).toBeGreaterThanOrEqual(before);
          if (step > 0) expect(clock.now()).toBeGreaterThanOrEqual(before + step);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('durations', () => {
  test.each([
    ['P83D', '2026-03-25T10:00:00.000Z'],
    ['PT1H30M', '2026-01-01T11:30:00.000Z'],
    ['P1DT2H', '2026-01-02T12:00:00.000Z'],
    ['P2W', '2026-01-15T10:00:00.000Z'],
    ['P1M', '2026-02-01T10:00:00.000Z'],
    ['P1Y2M3DT4H5M6.5S', '2027-03-04T14:05:06.500Z'],
    ['-P1D', '2025-12-31T10:00:00.000Z'],
    ['PT0S', '2026-01-01T10:00:00.000Z'],
  ])('%s after 2026-01-01T10:00Z is %s', (text, expected) => {
    const duration = parseDuration(text);
    if (duration === undefined) throw new Error('not parsed');
    expect(new Date(addDuration(Date.UTC(2026, 0, 1, 10), duration)).toISOString()).toBe(expected);
  });

  test.each([
    ['2026-01-31', 'P1M', '2026-02-28'],
    ['2028-01-31', 'P1M', '2028-02-29'],
    ['2028-02-29', 'P1Y', '2029-02-28'],
    ['2026-03-31', '-P1M', '2026-02-28'],
    ['2026-11-30', 'P3M', '2027-02-28'],
  ])('a day that the month lacks becomes its last: %s + %s = %s', (from, text, to) => {
    const duration = parseDuration(text);
    if (duration === undefined) throw new Error('not parsed');
    expect(addDuration(Date.parse(from), duration)).toBe(Date.parse(to));
  });

  test.each([
    '',
    'P',
    'PT',
    'P1',
    '1D',
    'P1DT',
    'P1H',
    'PT1D',
    'P1D2W',
    'P1.5D',
    'p1d',
    'P 1D',
    'P1D ',
    'P-1D',
    '83',
  ])('%j is not a duration', (text) => expect(parseDuration(text)).toBeUndefined());

  const part = fc.option(fc.nat(5000), { nil: undefined });
  const parts = fc.record({ years: part, months: part, weeks: part, days: part, hours: part, minutes: part });

  test('what is written in the ISO form is read back', () => {
    const written = (value: number | undefined, letter: string) =>
      value === undefined ? '' : `${value}${letter}`;
    fc.assert(
      fc.property(parts, fc.option(fc.nat(99_999), { nil: undefined }), (p, milliseconds) => {
        const date = `${written(p.years, 'Y')}${written(p.months, 'M')}${written(p.weeks, 'W')}${written(p.days, 'D')}`;
        const seconds = milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(3)}S`;
        const time = `${written(p.hours, 'H')}${written(p.minutes, 'M')}${seconds}`;
        fc.pre(date + time !== '');
        const duration = parseDuration(`P${date}${time === '' ? '' : `T${time}`}`);
        const known = Object.fromEntries(Object.entries(p).map(([name, value]) => [name, value ?? 0]));
        expect(duration).toEqual({ sign: 1, ...known, seconds: (milliseconds ?? 0) / 1000 });
      }),
    );
  });

  test('never throws on any text, and adding months lands in the right month', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDuration(text)));
    const time = fc.date({ min: new Date('1990-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.nat(600), (from, months) => {
        const duration = parseDuration(`P${months}M`);
        if (duration === undefined) throw new Error('not parsed');
        const to = new Date(addDuration(from.getTime(), duration));
        const index = (date: Date) => 12 * date.getUTCFullYear() + date.getUTCMonth();
        expect(index(to)).toBe(index(from) + months);
        expect(to.getUTCDate()).toBeLessThanOrEqual(from.getUTCDate());
        expect(to.toISOString().slice(11)).toBe(from.toISOString().slice(11));
      }),
    );
  });
});

describe('/_local/clock', () => {
  let clock: Clock;
  let url: string;
  let close: () => Promise<unknown>;

  beforeEach(async () => {
    clock = memoryClock();
    const handle = clockRoutes(clock);
    const server = createServer((request, response) => {
      if (!handle(request, response)) response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/_local/clock`;
    close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  });
  afterEach(() => close());

  const post = async (body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method: 'POST', body: text });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.json(),
    };
  };

  test('GET tells the time and the offset', async () => {
    const body = (await (await fetch(url)).json()) as { now: string; offsetMilliseconds: number };
    expect(body.offsetMilliseconds).toBe(0);
    expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(5000);
  });

  test('POST advances, and answers after everything that runs on the clock', async () => {
    let ran = 0;
    clock.onMove(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran += 1;
    });
    const { status, body } = await post({ advance: 'P83D' });
    expect(status).toBe(200);
    expect(ran).toBeGreaterThanOrEqual(83);
    expect(Math.abs(Date.parse((body as { now: string }).now) - (Date.now() + 83 * DAY))).toBeLessThan(5000);
  });

  test('two requests to advance by a day advance by two', async () => {
    const start = clock.now();
    await Promise.all([post({ advance: 'P1D' }), post({ advance: 'P1D' })]);
    expect(clock.now() - start).toBeGreaterThanOrEqual(2 * DAY);
  });

  test('POST sets a time', async () => {
    const target = new Date(Date.now() + 40 * DAY).toISOString();
    expect((await post({ set: target })).status).toBe(200);
    expect(clock.now()).toBeGreaterThanOrEqual(Date.parse(target));
  });

  test('advancing by nothing is no error', async () => {
    expect((await post({ advance: 'PT0S' })).status).toBe(200);
  });

  test.each([{ set: '2020-01-01T00:00:00Z' }, { advance: '-P1D' }])(
    'a move back (%j) is refused',
    async (body) => {
      const before = clock.now();
      const answer = await post(body);
      expect(answer).toMatchObject({
        status: 409,
        type: 'application/problem+json',
        body: {
          type: 'about:blank',
          title: 'Conflict',
          status: 409,
          detail: expect.stringContaining('forward only'),
        },
      });
      expect(clock.now() - before).toBeLessThan(5000);
    },
  );

  test.each([
    'not json',
    {},
    [],
    { advance: '83 days' },
    { advance: 83 },
    { set: 'tomorrow' },
    { set: '2027-02-30T00:00:00Z' },
    { set: '2027-01-01T00:00:00' },
    { advance: 'P1D', set: '2027-01-01T00:00:00Z' },
    { advance: 'P1D', other: 1 },
    { advance: 'P101Y' },
    { advance: 'P999999999Y' },
  ])('%j is refused with a problem', async (body) => {
    const answer = await post(body);
    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { title: 'Bad Request', status: 400 },
    });
    expect(new Float64Array(clock.offset)[0]).toBe(0);
  });

  test('a failed listener is told as a problem', async () => {
    clock.onMove(async () => {
      throw new Error('schedule broke');
    });
    expect(await post({ advance: 'P1D' })).toMatchObject({
      status: 500,
      body: { detail: expect.stringContaining('schedule broke') },
    });
  });

  test('other methods are refused, a body too large is refused, other paths are left alone', async () => {
    const deleted = await fetch(url, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await post({ advance: 'P1D'.padEnd(20_000, ' ') })).status).toBe(413);
    expect((await fetch(`${url}s`)).status).toBe(418);
  });

  test.each([
    ['an Origin', { Origin: 'https://evil.example' }],
    ['the name of another site, by DNS rebinding', { Host: 'evil.example' }],
  ])('a web page cannot move it: a request with %s is refused', async (_what, headers) => {
    const before = clock.now();
    const { status } = await new Promise<{ status: number | undefined }>((resolve, reject) => {
      request(url, { method: 'POST', headers }, (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode }));
      })
        .on('error', reject)
        .end('{"advance":"P1D"}');
    });
    expect(status).toBe(403);
    expect(clock.now() - before).toBeLessThan(60_000);
  });
});
