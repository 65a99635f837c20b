import fc from 'fast-check';
import type { PolicyRow } from '../../functions/decisions/rules/policy-row.ts';
import { ACTIONS, CATEGORIES, RISK_LEVELS } from '../../functions/decisions/rules/vocabulary.ts';

const level = fc.constantFrom(...RISK_LEVELS);
const action = fc.constantFrom(...ACTIONS);
const upTo = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100),
  fc.double({ min: 1e-9, max: 9e14, noNaN: true }),
);

const lastRow: fc.Arbitrary<PolicyRow> = fc.record({ risk_level: level, action_required: action });

/**
 * Rows of a valid table, as anybody could write them: for any categories, levels in any order. Growing amounts and
 * a row for everybody keep each row alive.
 */
export const anyRows: fc.Arbitrary<PolicyRow[]> = fc
  .tuple(
    fc.uniqueArray(upTo, { maxLength: 8 }),
    fc.infiniteStream(
      fc.record(
        {
          categories: fc.subarray([...CATEGORIES], { minLength: 1 }),
          risk_level: level,
          action_required: action,
        },
        { requiredKeys: ['risk_level', 'action_required'] },
      ),
    ),
    lastRow,
  )
  .map(([limits, stream, last]) => [
    ...limits
      .toSorted((a, b) => a - b)
      .map((up_to): PolicyRow => ({ ...(stream.next().value as PolicyRow), up_to })),
    last,
  ]);

/** The same, with levels that never fall while the amount rises: the sort of table that makes sense. */
export const risingRows: fc.Arbitrary<PolicyRow[]> = anyRows.map((rows) => {
  const levels = rows.map((row) => RISK_LEVELS.indexOf(row.risk_level)).toSorted((a, b) => a - b);
  return rows.map((row, index) => ({
    ...row,
    risk_level: RISK_LEVELS[levels[index] ?? 0] ?? row.risk_level,
  }));
});

export const amount = fc.oneof(
  upTo,
  fc.constantFrom(0, 1e15, 1000, 1000.01, 10_000, 50_000, 499_999, 500_000),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
);

export const category = fc.constantFrom(...CATEGORIES);
