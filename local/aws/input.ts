import type { z } from 'zod';

/**
 * Parses what a client or the template says by a strict schema.
 * @param where named in the error, such as `Encrypt` or `AWS::KMS::Key "DataKey"`
 * @param fail makes the error that is thrown
 */
export function parseStrictly<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: string,
  fail: (message: string) => Error,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fail(`${where}: ${result.error.issues.map(describe).join('; ')}`);
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`));
    return `${names.join(', ')} is not supported by the local stack`;
  }
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
