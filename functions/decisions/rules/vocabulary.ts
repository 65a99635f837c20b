/** The words and limits of the decision API, as its contract names them. */

export const CATEGORIES = [
  'STRATEGIC',
  'OPERATIONAL',
  'FINANCIAL',
  'MARKETING',
  'RND',
  'COMPLIANCE',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** From harmless to worst. */
export const RISK_LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export const ACTIONS = ['EXECUTE_IMMEDIATELY', 'WAIT_HUMAN_APPROVAL', 'WAIT_HUMAN_REVIEW'] as const;
export type Action = (typeof ACTIONS)[number];

/** USD. Far above any real amount, and far below where a double stops telling one dollar from the next. */
export const MAX_AMOUNT = 1e15;

/** In Unicode code points. */
export const MAX_DESCRIPTION = 2_000;
