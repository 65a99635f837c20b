import * as z from 'zod';
import { whatItIs } from '../../runtime/rules/fault.ts';
import type { Immutable } from '../../runtime/rules/immutable.ts';
import { ACTIONS, CATEGORIES, type Category, RISK_LEVELS } from './vocabulary.ts';

export const ROW_FIELDS = ['categories', 'up_to', 'risk_level', 'action_required', 'logged'] as const;

const listed = (names: readonly string[]) => `one of ${names.join(', ')}`;

/** For `error` of a Zod type: what the value is, and what was expected instead. */
const expecting = (expected: string) => (issue: { readonly input?: unknown }) =>
  typeof issue.input === 'string'
    ? `is not known; expected ${expected}`
    : `${whatItIs(issue.input)}; expected ${expected}`;

const upTo = (issue: { readonly input?: unknown }) =>
  typeof issue.input === 'number' && Number.isFinite(issue.input)
    ? 'must be above 0; expected a positive number'
    : `${whatItIs(issue.input)}; expected a positive number`;

/** One row of the decision table, with the names that the operators' file uses. */
export const policyRowSchema = z.strictObject(
  {
    categories: z
      .array(z.enum(CATEGORIES, { error: expecting(listed(CATEGORIES)) }), {
        error: (issue) => `${whatItIs(issue.input)}; expected a list of categories`,
      })
      .min(1, 'is an empty list; leave it out for all categories')
      .refine((names) => new Set(names).size === names.length, 'names a category twice')
      .optional()
      .meta({ description: 'The categories it is for; absent: all.', uniqueItems: true }),
    up_to: z.number({ error: upTo }).positive({ error: upTo }).optional().meta({
      description: 'The highest amount it is for, in USD, itself included; absent: no limit.',
      example: 1000,
    }),
    risk_level: z
      .enum(RISK_LEVELS, { error: expecting(listed(RISK_LEVELS)) })
      .meta({ description: 'How risky a decision is that it is for.' }),
    action_required: z
      .enum(ACTIONS, { error: expecting(listed(ACTIONS)) })
      .meta({ description: 'What has to be done about it.' }),
    logged: z
      .boolean({ error: (issue) => `${whatItIs(issue.input)}; expected true or false` })
      .optional()
      .meta({ description: 'Whether a decision by this row leaves a line in the log.' }),
  },
  { error: (issue) => `${whatItIs(issue.input)}; expected an object with ${ROW_FIELDS.join(', ')}` },
);

export type PolicyRow = Immutable<z.output<typeof policyRowSchema>>;

export function appliesTo(row: PolicyRow, category: Category): boolean {
  return row.categories === undefined || row.categories.includes(category);
}

export function matchesEverything(row: PolicyRow): boolean {
  return row.up_to === undefined && CATEGORIES.every((category) => appliesTo(row, category));
}
