import { expect, test } from 'vitest';
import type { AccountKey } from '../../dashboard/src/api/types.ts';
import { dayCounts, keyCounts, summaryOf } from '../../dashboard/src/rules/daily-usage.ts';

const now = Date.parse('2026-11-27T10:00:00Z');
const days = { '2026-11-20': 40, '2026-11-21': 10, '2026-11-27': 90 };

test('a month has all its days: those that are over, today, and those ahead', () => {
  const counts = dayCounts({ period: '2026-11', days }, now);
  expect(counts).toHaveLength(30);
  expect(counts[19]).toEqual({ day: '2026-11-20', requests: 40, stands: 'over' });
  expect(counts[26]).toEqual({ day: '2026-11-27', requests: 90, stands: 'part' });
  expect(counts[27]).toEqual({ day: '2026-11-28', requests: 0, stands: 'ahead' });
  expect(dayCounts({ period: '2026-10', days: {} }, now).every(({ stands }) => stands === 'over')).toBe(true);
});

test('the average leaves out today, which is not over, and days before the account', () => {
  const counts = dayCounts({ period: '2026-11', days }, now);
  expect(summaryOf(counts, '2026-11-20T09:00:00Z')).toEqual({
    busiest: { day: '2026-11-27', requests: 90, stands: 'part' },
    perDay: 50 / 7,
  });
});

test('a month without a request has no summary', () => {
  expect(summaryOf(dayCounts({ period: '2026-10', days: {} }, now), '2026-01-01T00:00:00Z')).toBeUndefined();
});

const key = (keyId: string, name: string, status: AccountKey['status'] = 'active') =>
  ({ keyId, name, status }) as AccountKey;

test('keys come by their use; unused ones are told of in the present month alone, and unknown ones by their id', () => {
  const keys = [key('a', 'Test'), key('b', 'Production'), key('c', 'Old', 'revoked'), key('d', 'Attic')];
  const used = { b: 70, c: 20, gone: 10 };
  const rows = (period: string) => keyCounts({ period, keys: used }, keys, now).map(({ keyId }) => keyId);
  expect(rows('2026-11')).toEqual(['b', 'c', 'gone', 'd', 'a']);
  expect(rows('2026-10')).toEqual(['b', 'c', 'gone']);
});
