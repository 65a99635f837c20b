import { expect, test } from 'vitest';
import {
  formatCount,
  formatDate,
  formatDateTime,
  formatDuration,
  formatLocalDateTime,
  formatMoney,
  formatMonth,
  formatPast,
  formatRelative,
  formatShare,
  formatWhen,
} from '../../dashboard/src/rules/formats.ts';
import { parseRateLimit } from '../../dashboard/src/rules/rate-limit.ts';
import { inHours, now } from './account-samples.ts';

test.each([
  ['2026-12-08T09:00:00Z', 'in 11 days, 8 December'],
  ['2026-11-28T09:00:00Z', 'tomorrow, 28 November'],
  ['2026-11-28T00:30:00Z', 'in 15 hours, 00:30 UTC'],
  ['2026-11-27T10:20:00Z', 'in 20 minutes, 10:20 UTC'],
  ['2026-11-27T10:00:20Z', 'in less than a minute, 10:00 UTC'],
  ['2026-11-27T09:59:30Z', 'just now, 09:59 UTC'],
  ['2026-11-27T07:00:00Z', '3 hours ago, 07:00 UTC'],
  ['2026-11-24T12:00:00Z', '3 days ago, 24 November'],
  ['2027-02-25T10:00:00Z', 'in 90 days, 25 February 2027'],
  ['2027-11-27T10:00:00Z', 'in 12 months, 27 November 2027'],
])('%s is %s', (at, expected) => {
  expect(formatWhen(at, now)).toBe(expected);
});

test('what has happened is never told as what will, by a clock that is behind', () => {
  expect(formatPast('2026-11-27T10:00:20Z', now)).toBe('just now');
  expect(formatPast('2026-11-27T07:00:00Z', now)).toBe('3 hours ago');
});

test('days are those of UTC, so that the word fits the date', () => {
  const evening = Date.parse('2026-11-27T23:30:00Z');
  expect(formatRelative('2026-11-29T00:30:00Z', evening)).toBe('in 2 days');
  expect(formatDate('2026-11-30T23:59:59.999Z', now)).toBe('30 November');
});

test('a time of day says whose it is', () => {
  expect(formatDateTime('2026-12-01T00:05:00Z', now)).toBe('1 December, 00:05 UTC');
  expect(formatLocalDateTime('2026-12-01T00:05:00Z', 'America/New_York')).toBe(
    '30 November, 19:05 your time',
  );
  expect(formatLocalDateTime('2026-12-01T14:05:00Z', 'America/New_York')).toBe('09:05 your time');
  expect(formatLocalDateTime('2026-12-01T00:05:00Z', 'UTC')).toBeUndefined();
});

test.each([
  [0, 100, '0%'],
  [1, 10_000, 'less than 1%'],
  [50, 100, '50%'],
  [9_999, 10_000, '99%'],
  [100, 100, '100%'],
  [0, 0, '0%'],
])('%i of %i is %s', (part, whole, expected) => {
  expect(formatShare(part, whole)).toBe(expected);
});

test('numbers, money, months and durations are told in words', () => {
  expect(formatCount(1, 'request')).toBe('1 request');
  expect(formatCount(10_000, 'request')).toBe('10,000 requests');
  expect(formatMoney(49)).toBe('US$49');
  expect(formatMonth('2026-11')).toBe('November 2026');
  expect([1, 90, 600, 7200, 2_592_000].map(formatDuration)).toEqual([
    '1 second',
    '90 seconds',
    '10 minutes',
    '2 hours',
    '30 days',
  ]);
});

test('the rate-limit headers are read as the API sends them', () => {
  expect(parseRateLimit('"month";q=10000;w=2592000', '"month";r=9998;t=681456')).toEqual({
    quota: 10_000,
    windowSeconds: 2_592_000,
    remaining: 9998,
    resetSeconds: 681_456,
  });
});

test.each([
  [null, null],
  ['"month";q=10000;w=2592000', null],
  ['"month";q=many;w=2592000', '"month";r=1;t=1'],
  ['', '"month";r=1;t=1'],
])('headers that tell something else, %j and %j, are none', (policy, status) => {
  expect(parseRateLimit(policy, status)).toBeUndefined();
});

test('a moment in the past is never told as one to come', () => {
  for (const hours of [-0.001, -1, -23, -25, -24 * 40, -24 * 400]) {
    expect(formatRelative(inHours(hours), now)).not.toMatch(/^in /);
  }
});
