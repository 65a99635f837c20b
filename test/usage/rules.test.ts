import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePeriod, periodOf, secondsToReset } from '../../functions/usage/rules/period.ts';
import { rateLimit, rateLimitPolicy } from '../../functions/usage/rules/rate-limit.ts';
import {
  dayAttribute,
  keyAttribute,
  lastUseAttribute,
  readUsage,
} from '../../functions/usage/rules/usage-item.ts';

const at = (iso: string) => Date.parse(iso);
/** Any moment of the years 0000 to 9999. */
const moments = fc.integer({ min: at('0000-01-01T00:00:00Z'), max: at('9999-12-31T23:59:59.999Z') });
const dayMilliseconds = 86_400_000;

describe('the period of a moment', () => {
  it.each([
    ['2026-11-30T23:59:59.999Z', '2026-11'],
    ['2026-12-01T00:00:00.000Z', '2026-12'],
    ['2026-12-31T23:59:59.999Z', '2026-12'],
    ['2027-01-01T00:00:00.000Z', '2027-01'],
    ['2028-02-29T12:00:00.000Z', '2028-02'],
    ['2026-03-29T01:30:00.000Z', '2026-03'],
    ['0001-01-01T00:00:00.000Z', '0001-01'],
    ['0099-06-15T00:00:00.000Z', '0099-06'],
    ['9999-12-31T23:59:59.999Z', '9999-12'],
  ])('%s is %s', (iso, name) => {
    expect(periodOf(at(iso)).name).toBe(name);
  });

  it('is the calendar month in UTC that holds it, whatever the moment', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const period = periodOf(moment);
        expect(period.name).toBe(new Date(moment).toISOString().slice(0, 7));
        expect(period.startsAt).toBeLessThanOrEqual(moment);
        expect(moment).toBeLessThan(period.endsAt);
        expect(new Date(period.startsAt).toISOString().slice(7)).toBe('-01T00:00:00.000Z');
      }),
    );
  });

  it('leaves neither gap nor overlap between one month and the next', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const period = periodOf(moment);
        expect(periodOf(period.endsAt).startsAt).toBe(period.endsAt);
        expect(periodOf(period.endsAt - 1)).toEqual(period);
      }),
    );
  });

  it.each([
    ['2026-01', 31],
    ['2026-02', 28],
    ['2024-02', 29],
    ['2000-02', 29],
    ['1900-02', 28],
    ['2100-02', 28],
    ['0004-02', 29],
    ['2026-04', 30],
    ['2026-12', 31],
    ['9999-12', 31],
  ])('%s has %d days', (name, days) => {
    const period = parsePeriod(name);
    expect(period?.name).toBe(name);
    expect(((period?.endsAt ?? 0) - (period?.startsAt ?? 0)) / dayMilliseconds).toBe(days);
  });
});

describe('reading a period', () => {
  it('gives back what periodOf named', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const period = periodOf(moment);
        expect(parsePeriod(period.name)).toEqual(period);
      }),
    );
  });

  it.each([
    '',
    '2026',
    '2026-00',
    '2026-13',
    '2026-1',
    '26-01',
    '2026-011',
    '2026-01-01',
    '+2026-01',
    '2026/01',
    ' 2026-01',
    '2026-01\n',
    '٢٠٢٦-٠١',
  ])('refuses %j', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });
});

describe('the seconds to the reset', () => {
  it.each([
    ['2026-11-30T23:59:59.999Z', 1],
    ['2026-11-30T23:59:59.000Z', 1],
    ['2026-11-30T23:59:58.999Z', 2],
    ['2026-11-01T00:00:00.000Z', 30 * 86_400],
    ['2026-11-01T00:00:00.001Z', 30 * 86_400],
    // A clock that runs behind the gateway's: never 0, which clients read as "at once".
    ['2026-12-01T00:00:00.000Z', 1],
    ['2026-12-02T00:00:00.000Z', 1],
  ])('at %s are %d', (iso, seconds) => {
    const november = periodOf(at('2026-11-15T00:00:00Z'));
    expect(secondsToReset(november, at(iso))).toBe(seconds);
  });

  it('are whole, at least 1, and waiting them out leads into the next period, by less than a second', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const period = periodOf(moment);
        const seconds = secondsToReset(period, moment);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        const after = moment + seconds * 1000;
        expect(after).toBeGreaterThanOrEqual(period.endsAt);
        expect(after - period.endsAt).toBeLessThan(1000);
      }),
    );
  });
});

describe('the rate-limit headers', () => {
  const november = periodOf(at('2026-11-15T00:00:00Z'));

  it('give quota, window, rest and seconds in the form of the draft', () => {
    expect(rateLimitPolicy(10_000, november)).toBe('"month";q=10000;w=2592000');
    expect(rateLimit(9_876, november, at('2026-11-30T23:59:00Z'))).toBe('"month";r=9876;t=60');
  });

  it('announce no negative rest', () => {
    expect(rateLimit(-3, november, at('2026-11-30T23:59:00Z'))).toBe('"month";r=0;t=60');
  });

  it('are RFC 9651 lists with integers, whatever the moment and the quota', () => {
    const quotas = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(moments, quotas, fc.integer({ min: -10, max: 1_000_000_000 }), (moment, quota, rest) => {
        const period = periodOf(moment);
        expect(rateLimitPolicy(quota, period)).toMatch(
          /^"month";q=[1-9]\d*;w=(2419200|2505600|2592000|2678400)$/,
        );
        expect(rateLimit(rest, period, moment)).toMatch(/^"month";r=\d+;t=[1-9]\d*$/);
      }),
    );
  });
});

describe('the usage item', () => {
  it('reads back what the attribute names wrote', () => {
    const keyIds = fc.string({
      unit: fc.constantFrom(...'0123456789ABCXYZabcxyz'),
      minLength: 12,
      maxLength: 12,
    });
    const requests = fc.array(fc.tuple(moments, keyIds), { maxLength: 40 });
    fc.assert(
      fc.property(moments, requests, (moment, pairs) => {
        const period = periodOf(moment);
        const item: Record<string, number> = {};
        const days: Record<string, number> = {};
        const keys: Record<string, number> = {};
        for (const [raw, keyId] of pairs) {
          const time = period.startsAt + (Math.abs(raw) % (period.endsAt - period.startsAt));
          for (const name of ['total', dayAttribute(time), keyAttribute(keyId)])
            item[name] = (item[name] ?? 0) + 1;
          item[lastUseAttribute(keyId, 1)] = Math.floor(time / 1000);
          const day = new Date(time).toISOString().slice(0, 10);
          days[day] = (days[day] ?? 0) + 1;
          keys[keyId] = (keys[keyId] ?? 0) + 1;
        }
        expect(readUsage(item, period.name)).toEqual({ total: pairs.length, days, keys });
      }),
    );
  });

  it('that is absent is a month without a request', () => {
    expect(readUsage(undefined, '2026-11')).toEqual({ total: 0, days: {}, keys: {} });
  });

  it('gives days and keys in order, and quota and tier as of the last request', () => {
    const usage = readUsage(
      {
        subscriptionId: 'sub_x',
        period: '2026-11',
        k_b: 1,
        k_a: 2,
        d30: 1,
        d01: 2,
        total: 3,
        u_a_1: 9,
        quota: 100,
        tier: 'free',
      },
      '2026-11',
    );
    expect(Object.keys(usage.days)).toEqual(['2026-11-01', '2026-11-30']);
    expect(usage).toEqual({
      total: 3,
      days: { '2026-11-01': 2, '2026-11-30': 1 },
      keys: { a: 2, b: 1 },
      quota: 100,
      tier: 'free',
    });
  });

  it('stays under 1 KB, one write unit, in the fullest month: 31 days, 5 keys with 2 live versions', () => {
    const attributes = [
      ...Array.from({ length: 31 }, (_, day) =>
        dayAttribute(at('2026-12-01T00:00:00Z') + day * dayMilliseconds),
      ),
      ...Array.from({ length: 5 }, (_, index) => `${index}`.repeat(12)).flatMap((keyId) => [
        keyAttribute(keyId),
        lastUseAttribute(keyId, 10),
        lastUseAttribute(keyId, 11),
      ]),
    ];
    expect(new Set(attributes).size).toBe(46);
    // Name, and a number of up to 10 digits: (digits + 1) / 2 + 1 bytes.
    const counters = attributes.reduce((bytes, name) => bytes + name.length + 7, 0);
    const rest =
      'subscriptionId'.length +
      24 +
      'period'.length +
      7 +
      'total'.length +
      7 +
      'quota'.length +
      7 +
      'tier'.length +
      10;
    expect(counters + rest).toBeLessThan(1024);
  });
});
