import type { ProblemName } from './problems.ts';

/**
 * The errors that a management function answers with: the invocation fails with the class's name as `errorType`, and
 * nothing was written. Whether a retry helps is part of each one's meaning.
 */

/** The payload is wrong. The message names every wrong or unknown field and what was expected. A retry never helps. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

/** What the payload names does not exist. A retry never helps. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** The act contradicts the present state, such as rotating a revoked key. A retry helps only after a change. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** A limit of the tier, the product or AWS is reached. A retry helps once something has been freed. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/** Something that the act depends on failed or stayed contended; nothing half-done remains. A retry helps. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** A refusal that has a problem type of its own, for callers of the API. A retry helps only after a change. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ProblemName;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(problem: ProblemName, members: Readonly<Record<string, unknown>> = {}) {
    super(problem);
    this.problem = problem;
    this.members = members;
  }
}

const domainErrors = [ValidationError, NotFoundError, ConflictError, LimitError, ProblemError];

/** True for an error that tells the caller about the request, not about a fault of ours. */
export function isDomainError(error: unknown): error is Error {
  return domainErrors.some((type) => error instanceof type);
}
