import * as z from 'zod';
import { dottedPath, type Fault, faultsOf, whatItIs } from '../runtime/rules/fault.ts';
import type { DecisionRequest } from './rules/create-decision.ts';
import { jsonFaultPosition } from './rules/json-fault-position.ts';
import { CATEGORIES, MAX_AMOUNT, MAX_DESCRIPTION } from './rules/vocabulary.ts';

export type ParsedDecisionRequest =
  | { readonly ok: true; readonly request: DecisionRequest; readonly explain: boolean }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Bytes of the decoded body. */
export const MAX_BODY = 10_240;

const FIELDS = 'category, amount, description';
const AMOUNT = 'expected a number from 0 to 1e15, in USD';
const DESCRIPTION = `expected a text of at most ${MAX_DESCRIPTION} characters`;

const schema = z.strictObject(
  {
    category: z.enum(CATEGORIES, {
      error: ({ input }) =>
        `${typeof input === 'string' ? 'is not a known category' : whatItIs(input)}; expected one of ${CATEGORIES.join(', ')}`,
    }),
    amount: z
      .number({ error: ({ input }) => `${whatItIs(input)}; ${AMOUNT}` })
      .min(0, `is negative; ${AMOUNT}`)
      .max(MAX_AMOUNT, `is too large a number; ${AMOUNT}`)
      // JSON knows a negative zero, nobody else does.
      .transform((amount) => (amount === 0 ? 0 : amount))
      .default(0),
    description: z
      .string({ error: ({ input }) => `${whatItIs(input)}; ${DESCRIPTION}` })
      .refine((text) => codePoints(text) <= MAX_DESCRIPTION, `is too long; ${DESCRIPTION}`)
      .default(''),
  },
  { error: ({ input }) => `${whatItIs(input)}; expected a JSON object with ${FIELDS}` },
);

/**
 * The request of `POST /decisions/evaluate` out of what API Gateway hands over, or every fault in it: `path` is a
 * field's name, `body` for the whole body, `query.explain` for the parameter. No fault shows any of the values sent.
 */
export function parseDecisionRequest(
  body: string | null,
  isBase64Encoded: boolean,
  query: Readonly<Record<string, string | undefined>> | null,
): ParsedDecisionRequest {
  const explain = query?.['explain'] ?? 'false';
  const queryFaults =
    explain === 'true' || explain === 'false'
      ? []
      : [{ path: 'query.explain', detail: 'is neither true nor false; expected one of them' }];

  const read = readBody(body, isBase64Encoded);
  if ('fault' in read) return { ok: false, faults: [{ path: 'body', detail: read.fault }, ...queryFaults] };
  const parsed = schema.safeParse(read.json);
  if (!parsed.success) {
    const unknownField = `is not a field of this request; expected only ${FIELDS}`;
    const faults = faultsOf(parsed.error.issues, dottedPath('body'), unknownField);
    return { ok: false, faults: [...faults, ...queryFaults] };
  }
  if (queryFaults.length > 0) return { ok: false, faults: queryFaults };
  return { ok: true, request: parsed.data, explain: explain === 'true' };
}

function readBody(body: string | null, isBase64Encoded: boolean): { json: unknown } | { fault: string } {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  // Before anything else: whoever sends megabytes must not make us parse them.
  if (bytes.length > MAX_BODY) return { fault: `is too large; expected at most ${MAX_BODY} bytes (10 KB)` };
  if (bytes.length === 0) return { fault: `is missing; expected a JSON object with ${FIELDS}` };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: 'is not valid UTF-8; expected JSON in UTF-8' };
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { fault: `is not valid JSON: ${whereJsonFails(text)}` };
  }
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Says where and never what: the engine's own message quotes the body. */
function whereJsonFails(text: string): string {
  const position = jsonFaultPosition(text) ?? 0;
  const lines = text.slice(0, position).split('\n');
  const place = `line ${lines.length}, column ${codePoints(lines.at(-1) ?? '') + 1}`;
  return position === text.length ? `it ends too early, at ${place}` : `unexpected text at ${place}`;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
