import { describe, expect, test } from 'vitest';
import { hour, kindsOf, only, steadily, watched } from './traffic.ts';

describe('silence', () => {
  test('of a steady key is told at the time that the look before asked for', () => {
    const key = watched();
    key.live(14, steadily);
    const { lookAt = 0 } = key;
    const hours = (lookAt - key.now) / hour;
    expect(hours).toBeGreaterThanOrEqual(3);
    expect(hours).toBeLessThanOrEqual(6);
    const signal = only(key.look({}, hours));
    expect(signal).toMatchObject({ kind: 'silence', severity: 'warning', of: '' });
    expect(signal.explanation).toMatch(
      /^No requests since 00:00 UTC on 19 October, for \d hours; usual in this time: about \d+\.$/,
    );
  });

  test('of three hours is told by the look of the third, though that comes some seconds sooner than the last one', () => {
    const key = watched();
    key.live(14, () => ({ requests: 100 }));
    const full = key.now + hour;
    key.look({ requests: 100 }, 1 + 12 / 3600);
    expect(key.lookAt).toBe(full + 3 * hour);
    const signal = only(key.look({}, 3 - 7 / 3600));
    expect(signal.explanation).toContain('for 3 hours;');
    expect(signal.facts['hours']).toBe(3);
  });

  test('is looked at hourly, and ends with the first request', () => {
    const key = watched();
    key.live(14, steadily);
    key.look({}, 8);
    expect(key.lookAt).toBe(key.now + hour);
    expect(kindsOf(key.look())).toEqual(['silence']);
    expect(key.look({ requests: 1 })).toEqual([]);
  });

  test('of a suspended key is what was wanted: nothing is told or learned, and nobody looks for it', () => {
    const key = watched();
    key.live(21, steadily);
    const before = JSON.stringify({ ...key.model, through: 0 });
    expect(key.look({ isSuspended: true }, 72)).toEqual([]);
    expect(key.lookAt).toBeUndefined();
    expect(JSON.stringify({ ...key.model, through: 0 })).toBe(before);
    // It goes on: from now on it is missed again.
    expect(key.live(1, steadily)).toEqual([]);
    expect(kindsOf(key.live(1, () => ({})))).toEqual(['silence']);
  });

  test('that is told ends where its key is suspended', () => {
    const key = watched();
    key.live(14, steadily);
    expect(kindsOf(key.look({}, 8))).toEqual(['silence']);
    expect(key.look({ isSuspended: true })).toEqual([]);
  });

  test('of days teaches nothing: what comes after it is no surge', () => {
    const key = watched();
    key.live(21, steadily);
    expect(kindsOf(key.live(5, () => ({})))).toEqual(['silence']);
    expect(key.live(3, steadily)).toEqual([]);
  });

  test('of two weeks is the new usual, and nobody looks any more', () => {
    const key = watched();
    key.live(21, steadily);
    key.live(13.9, () => ({}));
    expect(key.lookAt).toBe(key.now + hour);
    key.live(1, () => ({}));
    expect(key.look()).toEqual([]);
    expect(key.lookAt).toBeUndefined();
  });

  test('is never told in the first seven days', () => {
    const key = watched();
    key.live(5, steadily);
    expect(key.live(5, () => ({}))).toEqual([]);
  });

  test('is not told of nights and weekends', () => {
    const office = (at: number) => {
      const date = new Date(at);
      const busy = date.getUTCHours() >= 8 && date.getUTCHours() < 18 && ![0, 6].includes(date.getUTCDay());
      return { requests: busy ? 40 : 0 };
    };
    const key = watched();
    expect(key.live(60, office)).toEqual([]);
    // To the next Monday, eight o'clock: of its hours that are silent, the first few are enough.
    key.live(((8 - new Date(key.now).getUTCDay()) % 7) + 8 / 24, office);
    expect(kindsOf(key.live(4 / 24, () => ({})))).toEqual(['silence']);
  });

  test('is not told of a key that is used now and then', () => {
    const key = watched();
    const told = key.live(60, (at) => ({ requests: (at / hour) % 31 === 0 ? 2 : 0 }));
    expect(told).toEqual([]);
    expect(key.live(5, () => ({}))).toEqual([]);
  });
});

describe('a key that wakes', () => {
  test('after thirty days is told for a day', () => {
    const key = watched();
    key.live(14, steadily);
    key.live(1, () => ({}));
    key.look({}, 40 * 24);
    const signal = only(key.look({ requests: 3 }));
    expect(signal).toMatchObject({ kind: 'woke-up', severity: 'warning', of: '' });
    expect(signal.explanation).toBe(
      'Requests since 00:00 UTC on 29 November, the first after 41 days; the last one before was on 19 October.',
    );
    expect(key.lookAt).toBe(key.now + 23 * hour);
    key.live(22 / 24, steadily);
    expect(kindsOf(key.look(steadily(key.now)))).toEqual([]);
  });

  test('is not told of 29 days, nor of a key that was never used', () => {
    const key = watched();
    key.live(14, steadily);
    key.look({}, 29 * 24);
    expect(key.look({ requests: 3 })).toEqual([]);
    const unused = watched();
    unused.look({}, 100 * 24);
    expect(unused.look({ requests: 3 })).toEqual([]);
  });

  test('learns anew: the first days after are no surge', () => {
    const key = watched();
    key.live(14, steadily);
    key.look({}, 60 * 24);
    expect(kindsOf(key.live(3, () => ({ requests: 5_000 })))).toEqual(['woke-up']);
  });
});
