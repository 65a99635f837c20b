import { openHeaders, rateLimitHeaders } from '../runtime/answer-headers.ts';
import type { Route } from '../runtime/api-route.ts';
import { decisionBody, decisionQuery } from './request.ts';
import { decisionSchema } from './rules/decision.ts';

const decided = {
  id: 'DEC_01KQ3V8Y5T2N7RZ4M6XWJ9B0CD',
  timestamp: '2026-11-27T10:00:00.000Z',
  category: 'FINANCIAL',
  amount: 1000,
  description: 'Renew the licence of the design tool',
  risk_level: 'LOW',
  risk_score: 24,
  action_required: 'EXECUTE_IMMEDIATELY',
  status: 'PENDING',
  policy_version: '5d0c1f2a9b3e',
} as const;

export const decisionRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/decisions/evaluate',
    operationId: 'evaluateDecision',
    summary: 'Ask what the policy says about a decision',
    description:
      'Answers how risky a decision is and what has to happen before it is carried out. The first row of the policy that matches category and amount decides. Every request that is admitted counts, whatever its answer; the headers tell what is left of the month.',
    tag: 'Decisions',
    access: 'counted-api-key',
    request: {
      query: decisionQuery,
      body: {
        schema: decisionBody,
        examples: {
          small: {
            summary: 'A small expense',
            value: { category: 'FINANCIAL', amount: 1000, description: decided.description },
          },
          least: { summary: 'All that is required', value: { category: 'STRATEGIC' } },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'The decision.',
        headers: { ...openHeaders, ...rateLimitHeaders },
        body: {
          schema: decisionSchema,
          examples: {
            decision: { summary: 'A small expense', value: decided },
            explained: {
              summary: 'The same with `explain=true`',
              value: {
                ...decided,
                policy_row: {
                  row: 1,
                  up_to: 1000,
                  risk_level: 'LOW',
                  action_required: 'EXECUTE_IMMEDIATELY',
                },
              },
            },
          },
        },
      },
    ],
    problems: [
      {
        name: 'invalid-request',
        members: {
          errors: [
            { path: 'amount', detail: 'is negative; expected a number from 0 to 1e15, in USD' },
            {
              path: 'colour',
              detail: 'is not a field of this request; expected only category, amount, description',
            },
          ],
        },
      },
    ],
  },
];
