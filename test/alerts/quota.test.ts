import { describe, expect, test } from 'vitest';
import { day, hour, kindsOf, only, watched } from './traffic.ts';

const november = Date.UTC(2026, 10, 1);
const december = Date.UTC(2026, 11, 1);
const at = (used: number, period = '2026-11', limit = 10_000) => ({ quota: { period, used, limit } });

describe('a threshold of the quota', () => {
  test.each([
    [4_999, undefined, undefined],
    [5_000, '2026-11/50', 'info'],
    [7_999, '2026-11/50', 'info'],
    [8_000, '2026-11/80', 'warning'],
    [10_000, '2026-11/100', 'critical'],
  ])('at %d of 10,000 requests is %s: the highest alone', (used, of, severity) => {
    const [signal, ...others] = watched(november).look({ requests: 5, ...at(used) });
    expect(others).toEqual([]);
    expect([signal?.of, signal?.severity]).toEqual([of, severity]);
  });

  test('is told from the first look on, in plain words', () => {
    expect(only(watched(november).look(at(8_012))).explanation).toBe(
      "8,012 of this month's 10,000 requests are used: 80 %. The month ends at 00:00 UTC on 1 December.",
    );
    expect(only(watched(november).look(at(10_000))).explanation).toContain('requests are refused until then');
  });

  test('lasts until the month ends, and asks for a look then', () => {
    const subscription = watched(november);
    subscription.look(at(5_000));
    expect(subscription.lookAt).toBe(december);
    expect(subscription.look(at(5_000), 24 * 20)).toHaveLength(1);
    expect(subscription.look(at(0, '2026-12'), 24 * 10)).toEqual([]);
  });

  test('is gone when a higher tier has more', () => {
    const subscription = watched(november);
    subscription.look(at(10_000));
    expect(subscription.look(at(10_000, '2026-11', 1_000_000))).toEqual([]);
  });
});

describe('a forecast of the quota', () => {
  const monthly = (subscription: ReturnType<typeof watched>, limit: number, rate: number, days: number) => {
    let used = 0;
    return subscription.live(days, (now) => {
      if (new Date(now).getUTCDate() === 1 && new Date(now).getUTCHours() === 0) used = 0;
      used += rate;
      return {
        requests: rate,
        quota: { period: new Date(now + hour - 1).toISOString().slice(0, 7), used, limit },
      };
    });
  };

  test('is told when the month will be longer than its requests', () => {
    const subscription = watched(november);
    // 40 an hour are 28,800 in November; 20,000 of them are used up in the night to the 22nd.
    const told = monthly(subscription, 20_000, 40, 8);
    const forecast = told.filter(({ kind }) => kind === 'quota-forecast');
    expect(forecast.at(-1)?.explanation).toMatch(
      /^At about 960 requests a day, this month's 20,000 requests will be used up about 2[12] November, \d days before the month ends; 7,680 are used so far\.$/,
    );
    expect(forecast.at(-1)?.severity).toBe('warning');
  });

  test('is not told in the first seven days, nor where the requests suffice', () => {
    expect(kindsOf(monthly(watched(november), 20_000, 40, 6.9))).toEqual([]);
    expect(kindsOf(monthly(watched(november), 29_000, 40, 29.9))).not.toContain('quota-forecast');
  });

  test('ends when the requests are used up: then it is a threshold', () => {
    const subscription = watched(november);
    monthly(subscription, 20_000, 40, 15);
    const told = subscription.look({ requests: 40, ...at(20_000, '2026-11', 20_000) });
    expect(told.map(({ kind, of }) => `${kind} ${of}`)).toEqual(['quota-threshold 2026-11/100']);
  });

  test('is taken back when it becomes quiet, and a close call does not flap', () => {
    const subscription = watched(november);
    monthly(subscription, 20_000, 40, 10);
    const seen: boolean[] = [];
    for (let days = 0; days < 12; days++) {
      seen.push(
        kindsOf(
          subscription.look({ requests: 24, ...at(9_600 + days * 24, '2026-11', 20_000) }, 24),
        ).includes('quota-forecast'),
      );
    }
    expect(seen.at(-1)).toBe(false);
    expect(seen.indexOf(false)).toBe(seen.lastIndexOf(true) + 1);
    expect(subscription.now - november).toBe(22 * day);
  });
});
