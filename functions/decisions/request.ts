import * as z from 'zod';
import { codePoints, readJsonBody } from '../runtime/json-body.ts';
import { dottedPath, type Fault, faultsOf, whatItIs } from '../runtime/rules/fault.ts';
import type { DecisionRequest } from './rules/create-decision.ts';
import { CATEGORIES, MAX_AMOUNT, MAX_DESCRIPTION } from './rules/vocabulary.ts';

export type ParsedDecisionRequest =
  | { readonly ok: true; readonly request: DecisionRequest; readonly explain: boolean }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Bytes of the decoded body. */
export const MAX_BODY = 10_240;

const FIELDS = 'category, amount, description';
const AMOUNT = 'expected a number from 0 to 1e15, in USD';
const DESCRIPTION = `expected a text of at most ${MAX_DESCRIPTION} characters`;

export const decisionBody = z
  .strictObject(
    {
      category: z
        .enum(CATEGORIES, {
          error: ({ input }) =>
            `${typeof input === 'string' ? 'is not a known category' : whatItIs(input)}; expected one of ${CATEGORIES.join(', ')}`,
        })
        .meta({ description: 'What the decision is about.' }),
      amount: z
        .number({ error: ({ input }) => `${whatItIs(input)}; ${AMOUNT}` })
        .min(0, `is negative; ${AMOUNT}`)
        .max(MAX_AMOUNT, `is too large a number; ${AMOUNT}`)
        .default(0)
        .meta({ description: 'In USD.', example: 1000 })
        // JSON knows a negative zero, nobody else does.
        .transform((amount) => (amount === 0 ? 0 : amount)),
      description: z
        .string({ error: ({ input }) => `${whatItIs(input)}; ${DESCRIPTION}` })
        .refine((text) => codePoints(text) <= MAX_DESCRIPTION, `is too long; ${DESCRIPTION}`)
        .meta({ maxLength: MAX_DESCRIPTION })
        .default('')
        .meta({
          description: 'In your own words; it comes back in the answer.',
          example: 'Renew the licence of the design tool',
        }),
    },
    { error: ({ input }) => `${whatItIs(input)}; expected a JSON object with ${FIELDS}` },
  )
  .meta({ id: 'DecisionRequest', description: 'What has to be decided.' });

const EXPLAIN = ['true', 'false'] as const;
export const decisionQuery = z.object({
  explain: z
    .enum(EXPLAIN, { error: 'is neither true nor false; expected one of them' })
    .default('false')
    .meta({ description: 'Whether the answer tells which row of the policy decided.' }),
});

/**
 * The request of `POST /decisions/evaluate` out of what API Gateway hands over, or every fault in it: `path` is a
 * field's name, `body` for the whole body, `query.explain` for the parameter. No fault shows any of the values sent.
 */
export function parseDecisionRequest(
  body: string | null,
  isBase64Encoded: boolean,
  query: Readonly<Record<string, string | undefined>> | null,
): ParsedDecisionRequest {
  const parsedQuery = decisionQuery.safeParse(query ?? {});
  const queryFaults = parsedQuery.success
    ? []
    : faultsOf(parsedQuery.error.issues, (path) => ['query', ...path].map(String).join('.'), '');

  const read = readJsonBody(body, isBase64Encoded, { maximum: MAX_BODY, fields: FIELDS });
  if ('fault' in read) return { ok: false, faults: [{ path: 'body', detail: read.fault }, ...queryFaults] };
  const parsed = decisionBody.safeParse(read.json);
  if (!parsed.success) {
    const unknownField = `is not a field of this request; expected only ${FIELDS}`;
    const faults = faultsOf(parsed.error.issues, dottedPath('body'), unknownField);
    return { ok: false, faults: [...faults, ...queryFaults] };
  }
  if (!parsedQuery.success) return { ok: false, faults: queryFaults };
  return { ok: true, request: parsed.data, explain: parsedQuery.data.explain === 'true' };
}
