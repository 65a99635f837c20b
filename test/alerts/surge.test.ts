import { describe, expect, test } from 'vitest';
import { day, hour, kindsOf, only, start, steadily, watched } from './traffic.ts';

describe('a surge', () => {
  test('is told by the look after its first hour, with what came and what is usual', () => {
    const key = watched();
    key.live(21, steadily);
    key.live(3 / 24, steadily);
    const signal = only(key.look({ requests: 412 }));
    expect(signal).toMatchObject({ kind: 'surge', severity: 'critical', of: '' });
    expect(signal.explanation).toMatch(
      /^412 requests between 03:00 and 04:00 UTC on 26 October; usual for this hour: \d–\d\d\.$/,
    );
    expect(signal.facts).toMatchObject({ requests: 412, from: '2026-10-26T03:00:00.000Z' });
  });

  test('of some times the usual is a warning, and may become critical', () => {
    const key = watched();
    key.live(21, steadily);
    expect(only(key.look({ requests: 110 })).severity).toBe('warning');
    const worse = only(key.look({ requests: 1_500 }));
    expect(worse.severity).toBe('critical');
    expect(worse.explanation).toContain('1,500 requests');
    expect(worse.explanation).toContain('It has lasted for 2 hours, with 1,610 requests.');
  });

  test('is over after some usual hours, and asks to be looked at until then though nothing comes', () => {
    const key = watched();
    key.live(21, steadily);
    key.look({ requests: 900 });
    let looks = 0;
    while (kindsOf(key.look()).includes('surge')) {
      expect(key.lookAt).toBe(key.now + hour);
      expect(++looks).toBeLessThan(5);
    }
    expect(looks).toBe(2);
  });

  test('is over after three usual hours, though the last look comes some seconds sooner than the first', () => {
    const key = watched();
    key.live(21, steadily);
    key.look({ requests: 900 }, 1 + 40 / 3600);
    expect(kindsOf(key.look({ requests: 12 }))).toEqual(['surge']);
    expect(kindsOf(key.look({ requests: 12 }))).toEqual(['surge']);
    expect(key.look({ requests: 12 }, 1 - 40 / 3600)).toEqual([]);
  });

  test('does not become the usual at once: a second one is told, too', () => {
    const key = watched();
    key.live(21, steadily);
    key.live(4 / 24, () => ({ requests: 150 }));
    expect(key.live(2, steadily).filter(({ kind }) => kind !== 'surge')).toEqual([]);
    expect(key.look(steadily(start))).toEqual([]);
    expect(kindsOf(key.look({ requests: 150 }))).toEqual(['surge']);
  });

  test('that goes on for more than a day is the new usual, and is not told any more', () => {
    const key = watched();
    key.live(21, steadily);
    const told = key.live(2, () => ({ requests: 200 }));
    expect(told.length).toBeGreaterThanOrEqual(20);
    expect(told.length).toBeLessThanOrEqual(30);
    expect(key.live(5, () => ({ requests: 200 }))).toEqual([]);
    expect(kindsOf(key.look({ requests: 2_000 }))).toEqual(['surge']);
  });

  test('of the day is told, though some requests came late in a night that has hardly any', () => {
    const key = watched();
    const byDay = (at: number) => {
      const [night, oclock] = [Math.floor(at / day), (at / hour) % 24];
      if (oclock >= 6 && oclock < 22) return { requests: 30 + ((oclock * 7) % 5) };
      return { requests: oclock === night % 5 && night % 3 === 0 ? 15 : 0 };
    };
    key.live(28, byDay);
    expect(key.live(12 / 24, byDay)).toEqual([]);
    expect(kindsOf(key.look({ requests: 170 }))).toEqual(['surge']);
  });

  test('is never told in the first three days', () => {
    const key = watched();
    const wild = (at: number) => ({ requests: at % (10 * hour) === 0 ? 50_000 : 3 });
    expect(key.live(3, wild)).toEqual([]);
  });

  test('of a few requests is none, whatever the factor', () => {
    const key = watched();
    key.live(21, (at) => ({ requests: (at / hour) % 5 === 0 ? 1 : 0 }));
    expect(key.look({ requests: 15 })).toEqual([]);
    expect(key.look({ requests: 55 })).toEqual([]);
  });

  test('is told of minutes as of hours: a look may come early', () => {
    const key = watched();
    key.live(21, steadily);
    expect(kindsOf(key.look({ requests: 300 }, 1 / 6))).toEqual(['surge']);
  });

  test('is said in whole hours where a look was some seconds late', () => {
    const key = watched(start + 12_000);
    key.live(21, (at) => steadily(at - 12_000));
    expect(only(key.look({ requests: 400 })).explanation).toContain(
      'between 00:00 and 01:00 UTC on 26 October',
    );
  });
});

describe('what is no surge', () => {
  const office = (at: number): number => {
    const date = new Date(at);
    const busy = date.getUTCHours() >= 8 && date.getUTCHours() < 18;
    const weekend = [0, 6].includes(date.getUTCDay());
    return (busy ? 200 : 8) * (weekend ? 0.1 : 1);
  };

  test('are working hours, and Mondays after weekends', () => {
    expect(watched().live(60, (at) => ({ requests: Math.round(office(at)) }))).toEqual([]);
    expect(watched(start + 4 * 24 * hour).live(60, (at) => ({ requests: Math.round(office(at)) }))).toEqual(
      [],
    );
  });

  test('is growth', () => {
    const grown = (at: number) => office(at) * 1.04 ** ((at - start) / (24 * hour));
    expect(watched().live(60, (at) => ({ requests: Math.round(grown(at)) }))).toEqual([]);
  });

  test('is a job of every night, and of every Sunday', () => {
    const nightly = (at: number) => ({ requests: new Date(at).getUTCHours() === 2 ? 3_000 : 0 });
    expect(watched().live(60, nightly)).toEqual([]);
    const weekly = (at: number) => ({ requests: new Date(at).getUTCDay() === 0 ? nightly(at).requests : 1 });
    const told = watched(start - 24 * hour).live(90, weekly);
    expect(told).toEqual([]);
  });

  test('is a new job of every week after it was told twice', () => {
    const key = watched();
    key.live(21, steadily);
    const weekly = (at: number) => ({
      requests: new Date(at).getUTCDay() === 0 && new Date(at).getUTCHours() === 2 ? 3_000 : 15,
    });
    expect(kindsOf(key.live(14, weekly))).toEqual(['surge']);
    expect(key.live(42, weekly)).toEqual([]);
  });
});
