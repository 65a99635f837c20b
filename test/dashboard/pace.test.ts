import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { paceOf } from '../../dashboard/src/rules/pace.ts';

const longAgo = '2026-01-01T00:00:00Z';
const at = (time: string) => Date.parse(`2026-11-${time}Z`);

function month(days: Readonly<Record<string, number>>, limit = 1000) {
  const total = Object.values(days).reduce((sum, count) => sum + count, 0);
  const named = Object.fromEntries(Object.entries(days).map(([day, count]) => [`2026-11-${day}`, count]));
  const remaining = Math.max(0, limit - total);
  return { period: '2026-11', total, limit, remaining, resetsAt: '2026-12-01T00:00:00Z', days: named };
}

test('a pace that the month survives lasts, and tells where it ends', () => {
  const pace = paceOf(month({ '10': 100, '15': 70 }), longAgo, at('17T00:00:00'));
  // 70 in the six days since the 11th, fourteen days to go.
  expect(pace).toMatchObject({ kind: 'lasts', expected: 333 });
});

test('a pace that it does not survive runs out before the month begins anew', () => {
  const pace = paceOf(month({ '12': 300, '13': 300 }), longAgo, at('14T00:00:00'));
  expect(pace.kind).toBe('runs-out');
  if (pace.kind !== 'runs-out') return;
  expect(Math.round(pace.perDay)).toBe(100);
  expect(new Date(pace.at).toISOString().slice(0, 10)).toBe('2026-11-18');
});

test.each([
  ['nothing is left', month({ '03': 1000 }), 'used-up'],
  ['more was used than a lower tier allows', month({ '03': 1200 }), 'used-up'],
  ['no request was made', month({}), 'unused'],
  ['there was none for a week', month({ '01': 10 }), 'resting'],
] as const)('%s: the pace is told as %s', (_, report, kind) => {
  expect(paceOf(report, longAgo, at('20T12:00:00')).kind).toBe(kind);
});

test('a few requests within the first day tell nothing yet', () => {
  expect(paceOf(month({ '20': 5 }), '2026-11-20T08:00:00Z', at('20T12:00:00')).kind).toBe('too-early');
  expect(paceOf(month({ '01': 5 }), longAgo, at('01T12:00:00')).kind).toBe('too-early');
});

test('many requests within the first day are told at once, and not taken for the pace of hours', () => {
  const pace = paceOf(month({ '20': 600 }), '2026-11-20T10:00:00Z', at('20T12:00:00'));
  expect(pace).toMatchObject({ kind: 'runs-out', perDay: 600 });
});

test('days before the account began do not slow the pace', () => {
  const pace = paceOf(month({ '19': 50, '20': 50 }), '2026-11-19T00:00:00Z', at('21T00:00:00'));
  expect(pace).toMatchObject({ perDay: 50 });
});

test('whatever was used, what lasts ends within the limit, and what runs out does so before the month ends', () => {
  const count = fc.integer({ min: 0, max: 500 });
  const days = fc.dictionary(
    fc.integer({ min: 1, max: 20 }).map((day) => String(day).padStart(2, '0')),
    count,
  );
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 5000 }), (used, limit) => {
      const now = at('20T18:00:00');
      const pace = paceOf(month(used, limit), longAgo, now);
      if (pace.kind === 'lasts') expect(pace.expected).toBeLessThanOrEqual(limit);
      if (pace.kind === 'runs-out') {
        expect(pace.at).toBeGreaterThan(now);
        expect(pace.at).toBeLessThanOrEqual(at('30T23:59:59') + 1000);
      }
    }),
  );
});
