import type { Policy } from './bands.ts';
import type { DecidingRow } from './decision.ts';
import { riskScore } from './risk-score.ts';
import type { Action, Category, RiskLevel } from './vocabulary.ts';

export interface Verdict {
  readonly row: DecidingRow;
  readonly riskLevel: RiskLevel;
  /** Integer, 0 to 100. */
  readonly riskScore: number;
  readonly actionRequired: Action;
  /** Whether the decision has to leave a line in the log. */
  readonly logged: boolean;
}

/**
 * The first row that matches decides. `amount` in USD, bounds included: 1,000 is still within `up_to: 1000`. Throws a
 * `RangeError` for an amount that the API does not take: negative, or not a number.
 */
export function decide(
  policy: Policy,
  { category, amount }: { readonly category: Category; readonly amount: number },
): Verdict {
  const band = amount >= 0 ? policy.bands[category].find(({ upTo }) => amount <= upTo) : undefined;
  if (band === undefined) throw new RangeError('no row decides an amount outside of 0 to 1e15');
  const { row, levelFrom, levelTo } = band;
  return {
    row,
    riskLevel: row.risk_level,
    riskScore: riskScore(row.risk_level, levelFrom, levelTo, amount),
    actionRequired: row.action_required,
    logged: row.logged ?? false,
  };
}
