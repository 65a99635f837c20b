import type { z } from 'zod/mini';

/** A required environment variable is missing or malformed: the function was deployed without what it needs. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Parses a function's environment once, at cold start, by the schema that the constructs' grants fill (each subsystem's
 * `contract.ts`). Values are never part of the message: an environment may hold what a log must not.
 * @throws EnvironmentError naming every variable that is missing or malformed
 */
export function parseEnvironment<S extends z.ZodMiniType>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))];
  throw new EnvironmentError(`environment variables missing or malformed: ${names.join(', ')}`);
}
