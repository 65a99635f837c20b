import type { DecidingRow, Policy } from './bands.ts';
import { decide } from './decide.ts';
import type { Action, Category, RiskLevel } from './vocabulary.ts';

export interface DecisionRequest {
  readonly category: Category;
  /** USD, 0 to 1e15. */
  readonly amount: number;
  readonly description: string;
}

/** The body of the answer 200. */
export interface Decision {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly category: Category;
  readonly amount: number;
  readonly description: string;
  readonly risk_level: RiskLevel;
  readonly risk_score: number;
  readonly action_required: Action;
  readonly status: 'PENDING';
  readonly policy_version: string;
  /** Only where an explanation was asked for: the row that decided, numbered from 1. */
  readonly policy_row?: DecidingRow;
}

/** `id` is the whole id (`DEC_` and a ULID): it, the time and the wish for an explanation come from the caller. */
export function createDecision(
  policy: Policy,
  { category, amount, description }: DecisionRequest,
  { now, id, explain = false }: { readonly now: Date; readonly id: string; readonly explain?: boolean },
): Decision {
  const verdict = decide(policy, { category, amount });
  return {
    id,
    timestamp: now.toISOString(),
    category,
    amount,
    description,
    risk_level: verdict.riskLevel,
    risk_score: verdict.riskScore,
    action_required: verdict.actionRequired,
    status: 'PENDING',
    policy_version: policy.version,
    ...(explain ? { policy_row: verdict.row } : {}),
  };
}
