import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import shipped from '../../functions/decisions/policy.json' with { type: 'json' };
import { parseDecisionRequest } from '../../functions/decisions/request.ts';
import { decide, parsePolicy } from '../../functions/decisions/rules/policy.ts';
import { RISK_LEVELS } from '../../functions/decisions/rules/vocabulary.ts';
import vectors from '../vectors/decisions.json' with { type: 'json' };
import { amount, anyRows, category, risingRows } from './policy-arbitrary.ts';

const policy = parsePolicy(shipped);
const scoreOf = (value: number) => decide(policy, { category: 'FINANCIAL', amount: value }).riskScore;

const low = { risk_level: 'LOW', action_required: 'EXECUTE_IMMEDIATELY' };
const high = { risk_level: 'HIGH', action_required: 'WAIT_HUMAN_APPROVAL' };
const critical = { risk_level: 'CRITICAL', action_required: 'WAIT_HUMAN_REVIEW' };
const scoresIn = (rows: unknown[], amounts: number[]) => {
  const table = parsePolicy({ rows });
  return amounts.map((value) => decide(table, { category: 'RND', amount: value }).riskScore);
};

const BANDS = { LOW: [0, 24], MEDIUM: [25, 49], HIGH: [50, 74], CRITICAL: [75, 100] } as const;

describe('a decision', () => {
  it.each(vectors.cases)('about $category of $amount is $risk_level, $action_required', (vector) => {
    // Through the request's own parser, so that the vector's category is one that can be sent.
    const parsed = parseDecisionRequest(
      JSON.stringify({ category: vector.category, amount: vector.amount }),
      false,
      null,
    );
    if (!parsed.ok) throw new Error('the vector is no valid request');
    const verdict = decide(policy, parsed.request);
    expect(verdict.riskLevel).toBe(vector.risk_level);
    expect(verdict.actionRequired).toBe(vector.action_required);
    expect(verdict.logged).toBe(vector.risk_level === 'MEDIUM');
  });

  it('is made by the first row that matches, and names it', () => {
    const table = parsePolicy({
      rows: [
        { ...low, up_to: 1000 },
        { ...high, categories: ['COMPLIANCE', 'RND'], up_to: 2000, logged: true },
        { ...low, up_to: 5000, logged: false },
        critical,
      ],
    });
    const rowOf = (name: 'RND' | 'MARKETING', value: number) =>
      decide(table, { category: name, amount: value }).row.row;
    expect([1000, 1000.01, 2000, 2000.01, 5001].map((value) => rowOf('RND', value))).toEqual([1, 2, 2, 3, 4]);
    expect([1000, 1000.01, 2000, 2000.01, 5001].map((value) => rowOf('MARKETING', value))).toEqual([
      1, 3, 3, 3, 4,
    ]);
    expect(decide(table, { category: 'RND', amount: 1500 })).toMatchObject({
      row: { row: 2, ...high, categories: ['COMPLIANCE', 'RND'], up_to: 2000, logged: true },
      logged: true,
    });
  });

  it('is the one that a plain reading of the table gives', () => {
    fc.assert(
      fc.property(anyRows, category, amount, (rows, name, value) => {
        const expected = rows.findIndex(
          (row) =>
            (row.categories?.includes(name) ?? true) && value <= (row.up_to ?? Number.POSITIVE_INFINITY),
        );
        const verdict = decide(parsePolicy({ rows }), { category: name, amount: value });
        expect(verdict.row).toEqual({ row: expected + 1, ...rows[expected] });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([-0.01, Number.NaN, Number.NEGATIVE_INFINITY])('is never made about the amount %d', (value) => {
    expect(() => decide(policy, { category: 'RND', amount: value })).toThrow(RangeError);
  });
});

describe('the risk score', () => {
  it.each([
    [0, 0],
    [41.66, 0],
    [41.67, 1],
    [500, 12],
    [999.99, 23],
    [1000, 24],
    [1000.01, 25],
    [1375, 26],
    [1374.99, 25],
    [9999.99, 48],
    [10_000, 49],
    [10_000.01, 50],
    [30_000, 62],
    [49_999.99, 73],
    [50_000, 74],
    [50_000.01, 75],
    [68_000, 76],
    [67_999.99, 75],
    [499_999, 99],
    [499_999.99999999994, 99],
    [500_000, 100],
    [500_000.01, 100],
    [1e15, 100],
  ])('of %d is %d', (value, score) => {
    expect(scoreOf(value)).toBe(score);
  });

  it('is an integer within its level, in any table', () => {
    fc.assert(
      fc.property(anyRows, category, amount, (rows, name, value) => {
        const { riskScore, riskLevel } = decide(parsePolicy({ rows }), { category: name, amount: value });
        expect(Number.isInteger(riskScore)).toBe(true);
        expect(riskScore).toBeGreaterThanOrEqual(BANDS[riskLevel][0]);
        expect(riskScore).toBeLessThanOrEqual(BANDS[riskLevel][1]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never falls while the amount rises, in the shipped table and in any whose levels do not fall', () => {
    const table = fc.oneof(
      fc.constant(policy),
      risingRows.map((rows) => parsePolicy({ rows })),
    );
    fc.assert(
      fc.property(table, category, amount, amount, (it, name, a, b) => {
        const lower = decide(it, { category: name, amount: Math.min(a, b) });
        const higher = decide(it, { category: name, amount: Math.max(a, b) });
        expect(lower.riskScore).toBeLessThanOrEqual(higher.riskScore);
      }),
      { numRuns: 3_000 },
    );
  });

  it('rises through every step from 0 to 100', () => {
    const scores = new Set(Array.from({ length: 50_001 }, (_, index) => scoreOf(index * 10)));
    expect(scores.size).toBe(101);
  });

  it('uses one scale for neighbouring rows of one level', () => {
    const split = [{ ...low, up_to: 100 }, { ...low, up_to: 1000, logged: true }, critical];
    expect(scoresIn(split, [0, 100, 500, 1000])).toEqual([0, 2, 12, 24]);
  });

  it('measures a level by the rows that can decide for the category', () => {
    const rows = [
      { ...high, categories: ['MARKETING'], up_to: 300 },
      { ...low, categories: ['RND'], up_to: 500 },
      { ...high, up_to: 400 },
      { ...low, up_to: 1000 },
      critical,
    ];
    // For RND the rows for MARKETING, and up to 400, decide nothing: LOW runs from 0 to 1,000.
    expect(scoresIn(rows, [0, 500, 1000])).toEqual([0, 12, 24]);
  });

  it('of CRITICAL reaches 100 at ten times its beginning, even where the level ends before or after', () => {
    const rows = [{ ...low, up_to: 100 }, { ...critical, up_to: 5000 }, high];
    expect(scoresIn(rows, [100.01, 550, 999.99, 1000, 5000])).toEqual([75, 87, 99, 100, 100]);
    expect(scoresIn([{ ...low, up_to: 100 }, { ...critical, up_to: 550 }, high], [550])).toEqual([87]);
  });

  it('of CRITICAL that begins at 0 and ends reaches 100 at its end', () => {
    expect(scoresIn([{ ...critical, up_to: 100 }, high], [0, 50, 99.99, 100])).toEqual([75, 87, 99, 100]);
  });

  it('of another level without an end is measured against ten times its beginning', () => {
    expect(scoresIn([{ ...low, up_to: 100 }, high], [100.01, 550, 999.99, 1000, 1e15])).toEqual([
      50, 62, 73, 74, 74,
    ]);
  });

  it.each(RISK_LEVELS)('of %s that has neither beginning nor end is the highest of the level', (level) => {
    const rows = [{ risk_level: level, action_required: 'WAIT_HUMAN_REVIEW' }];
    expect(scoresIn(rows, [0, 1, 1e15])).toEqual([BANDS[level][1], BANDS[level][1], BANDS[level][1]]);
  });
});
