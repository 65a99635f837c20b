import { expect, test } from 'vitest';
import { askedMonth, daysOf, monthBeside, monthOf, monthsAround } from '../../dashboard/src/rules/month.ts';

const now = Date.parse('2026-11-27T10:00:00Z');

test('a month is the one in UTC, whatever the time zone of the reader', () => {
  expect(monthOf(Date.parse('2026-12-01T00:30:00+01:00'))).toBe('2026-11');
  expect(monthOf('2026-11-30T23:59:59.999Z')).toBe('2026-11');
});

test.each([
  ['2026-11', -1, '2026-10'],
  ['2026-01', -1, '2025-12'],
  ['2026-12', 1, '2027-01'],
  ['2027-01', -14, '2025-11'],
])('beside %s by %i is %s', (month, by, expected) => {
  expect(monthBeside(month, by)).toBe(expected);
});

test('a month has each of its days once, leap days too', () => {
  expect(daysOf('2026-11')).toHaveLength(30);
  expect(daysOf('2028-02')).toHaveLength(29);
  expect(daysOf('2026-12').at(-1)).toBe('2026-12-31');
  expect(new Set(daysOf('2026-03')).size).toBe(31);
});

test.each([
  ['?month=2026-10', '2026-10'],
  ['month=2025-01', '2025-01'],
  ['', undefined],
  ['?month=2026-11', undefined],
  ['?month=2026-12', undefined],
  ['?month=2026-13', undefined],
  ['?month=last', undefined],
])('the address %j asks for %s', (search, expected) => {
  expect(askedMonth(search, now)).toBe(expected);
});

test('months go back to the one in which the account began, and on to the present one', () => {
  const beganAt = '2026-09-30T23:00:00Z';
  expect(monthsAround('2026-11', beganAt, now)).toEqual({ previous: '2026-10', next: undefined });
  expect(monthsAround('2026-10', beganAt, now)).toEqual({ previous: '2026-09', next: '2026-11' });
  expect(monthsAround('2026-09', beganAt, now)).toEqual({ previous: undefined, next: '2026-10' });
});
