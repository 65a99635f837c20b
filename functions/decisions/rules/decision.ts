import * as z from 'zod';
import type { Immutable } from '../../runtime/rules/immutable.ts';
import { policyRowSchema } from './policy-row.ts';
import { ACTIONS, CATEGORIES, MAX_AMOUNT, RISK_LEVELS } from './vocabulary.ts';

const decidingRow = z
  .object({
    row: z.int().min(1).meta({ description: 'Its number in the policy, from 1.', example: 1 }),
    ...policyRowSchema.shape,
  })
  .meta({ id: 'DecidingRow', description: 'The row of the policy that decided.' });

/** The body of the answer 200. */
export const decisionSchema = z
  .object({
    id: z
      .string()
      .regex(/^DEC_[0-9A-HJKMNP-TV-Z]{26}$/)
      .meta({
        description: '`DEC_` and a ULID, which sorts by time.',
        example: 'DEC_01KQ3V8Y5T2N7RZ4M6XWJ9B0CD',
      }),
    timestamp: z.string().meta({
      description: 'When it was made: ISO 8601 in UTC.',
      format: 'date-time',
      example: '2026-11-27T10:00:00.000Z',
    }),
    category: z.enum(CATEGORIES).meta({ description: 'As asked.' }),
    amount: z.number().min(0).max(MAX_AMOUNT).meta({ description: 'As asked, in USD.', example: 1000 }),
    description: z
      .string()
      .meta({ description: 'As asked.', example: 'Renew the licence of the design tool' }),
    risk_level: z.enum(RISK_LEVELS).meta({ description: 'From harmless to worst.' }),
    risk_score: z.int().min(0).max(100).meta({
      description: 'LOW 0–24, MEDIUM 25–49, HIGH 50–74, CRITICAL 75–100; it rises with the amount.',
      example: 24,
    }),
    action_required: z.enum(ACTIONS).meta({ description: 'What the policy wants done.' }),
    status: z.literal('PENDING').meta({ description: 'Nobody has acted on the decision yet.' }),
    policy_version: z
      .string()
      .regex(/^[0-9a-f]{12}$/)
      .meta({ description: 'Changes with the content of the policy.', example: '5d0c1f2a9b3e' }),
    policy_row: decidingRow.optional(),
  })
  .meta({ id: 'Decision', description: 'What the policy says about one request.' });

export type Decision = Immutable<z.output<typeof decisionSchema>>;
export type DecidingRow = Immutable<z.output<typeof decidingRow>>;
