import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Fault, faultsOf, whatItIs } from '../../runtime/rules/fault.ts';
import { bandsOf, type Policy } from './bands.ts';
import { matchesEverything, type PolicyRow, policyRowSchema, ROW_FIELDS } from './policy-row.ts';
import { CATEGORIES, type Category } from './vocabulary.ts';

export type { Policy } from './bands.ts';
export { createDecision } from './create-decision.ts';
export { decide } from './decide.ts';

/** The decision table is not valid. The message lists every fault with its path; a retry does not help. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ path, detail }) => `- ${path}: ${detail}`);
    super(`the decision policy is not valid:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

const fileSchema = z.strictObject(
  {
    rows: z
      .array(z.unknown(), { error: (issue) => `${whatItIs(issue.input)}; expected a list of rows` })
      .min(1, 'is an empty list; expected at least one row, the last of which matches everything'),
  },
  { error: (issue) => `${whatItIs(issue.input)}; expected an object with rows` },
);

/**
 * The decision table out of the parsed JSON of `policy.json` (format: `docs/decision-policy.md`). Throws a
 * `PolicyError` that lists everything that is wrong, so that an operator mends the file in one go.
 */
export function parsePolicy(json: unknown): Policy {
  const file = fileSchema.safeParse(json);
  const faults = file.success ? [] : faultsOf(file.error.issues, pathInFile, unknownField(['rows']));
  const { rows, faults: rowFaults } = parseRows(rowsIn(json));
  faults.push(...rowFaults);
  if (faults.length > 0) throw new PolicyError(faults);
  return { version: versionOf({ rows }), rows, bands: bandsByCategory(rows) };
}

/** The rows even of a file that has other faults, so that theirs are told along with those. */
function rowsIn(json: unknown): readonly unknown[] {
  const rows = typeof json === 'object' && json !== null && 'rows' in json ? json.rows : undefined;
  return Array.isArray(rows) ? rows : [];
}

function parseRows(input: readonly unknown[]): { rows: PolicyRow[]; faults: Fault[] } {
  const results = input.map((row) => policyRowSchema.safeParse(row));
  const rows = results.map((result) => result.data);
  const faults = results.flatMap((result, index) =>
    result.success
      ? orderFaults(rows, index)
      : faultsOf(result.error.issues, (path) => pathInRow(index, path), unknownField(ROW_FIELDS)),
  );
  return { rows: rows.filter((row) => row !== undefined), faults };
}

/** What is wrong with a row that is valid by itself, at its place among the others. */
function orderFaults(rows: readonly (PolicyRow | undefined)[], index: number): Fault[] {
  const row = rows[index];
  if (row === undefined) return [];
  const fault = (path: readonly PropertyKey[], detail: string) => ({ path: pathInRow(index, path), detail });
  const faults: Fault[] = [];
  if (index === rows.length - 1) {
    const detail = 'must be left out in the last row, which has to match everything';
    for (const field of ['categories', 'up_to'] as const) {
      if (row[field] !== undefined) faults.push(fault([field], detail));
    }
  } else if (matchesEverything(row)) {
    faults.push(
      fault([], 'matches everything, which only the last row may; expected up_to or fewer categories'),
    );
  }
  // An earlier row that matches everything is told by itself; the rows behind it are not to blame.
  const before = rows
    .slice(0, index + 1)
    .map((it) => (it !== row && it && matchesEverything(it) ? undefined : it));
  if (!CATEGORIES.some((category) => bandsOf(before, category).some((band) => band.row.row === index + 1))) {
    faults.push(
      fault([], 'can never match: earlier rows decide every amount of every category that it is for'),
    );
  }
  return faults;
}

function bandsByCategory(rows: readonly PolicyRow[]): Policy['bands'] {
  const bands = CATEGORIES.map((category) => [category, bandsOf(rows, category)] as const);
  return Object.fromEntries(bands) as Record<Category, (typeof bands)[number][1]>;
}

/** White space and the order of keys do not count, the order of rows does. */
function versionOf(content: { readonly rows: readonly PolicyRow[] }): string {
  const canonical = JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}

function unknownField(known: readonly string[]): string {
  return `is not a field of the format; expected only ${known.join(', ')}`;
}

function pathInFile(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'policy' : path.map(String).join('.');
}

/** Both as a program counts rows and as a person does: `rows[1].up_to (row 2)`. */
function pathInRow(index: number, path: readonly PropertyKey[]): string {
  const inner = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `rows[${index}]${inner} (row ${index + 1})`;
}
