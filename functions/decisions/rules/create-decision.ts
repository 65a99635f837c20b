import type { Policy } from './bands.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';

export type DecisionRequest = Pick<Decision, 'category' | 'amount' | 'description'>;

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
