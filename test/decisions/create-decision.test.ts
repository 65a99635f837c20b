import { describe, expect, it } from 'vitest';
import shipped from '../../functions/decisions/policy.json' with { type: 'json' };
import { createDecision, parsePolicy } from '../../functions/decisions/rules/policy.ts';

const policy = parsePolicy(shipped);
const request = { category: 'FINANCIAL', amount: 5000, description: 'Two chairs' } as const;
const stamp = { now: new Date('2026-11-23T10:15:30.123Z'), id: 'DEC_01KB0000000000000000000000' };

describe('the answer', () => {
  it('has exactly the fields of the contract', () => {
    expect(createDecision(policy, request, stamp)).toEqual({
      id: 'DEC_01KB0000000000000000000000',
      timestamp: '2026-11-23T10:15:30.123Z',
      category: 'FINANCIAL',
      amount: 5000,
      description: 'Two chairs',
      risk_level: 'MEDIUM',
      risk_score: 35,
      action_required: 'EXECUTE_IMMEDIATELY',
      status: 'PENDING',
      policy_version: policy.version,
    });
  });

  it('names the row that decided when asked to explain', () => {
    expect(createDecision(policy, request, { ...stamp, explain: true }).policy_row).toEqual({
      row: 2,
      up_to: 10_000,
      risk_level: 'MEDIUM',
      action_required: 'EXECUTE_IMMEDIATELY',
      logged: true,
    });
    expect(
      createDecision(policy, { ...request, amount: 1e12 }, { ...stamp, explain: true }).policy_row,
    ).toEqual({
      row: 4,
      risk_level: 'CRITICAL',
      action_required: 'WAIT_HUMAN_REVIEW',
    });
  });

  it('is the same for the same input', () => {
    expect(createDecision(policy, request, stamp)).toEqual(createDecision(policy, request, stamp));
  });
});
