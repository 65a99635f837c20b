/**
 * What went wrong, in one shape for all of it: problems of the API (RFC 9457), and what kept a request from being
 * answered at all.
 */
export interface Problem {
  /** Stable: the end of the problem's type (`conflict`, `invalid-request`, `quota-exceeded`), or `unreachable`, `timeout`, `signed-out`. */
  readonly kind: string;
  readonly title: string;
  /** What happened, why, and what to do next. */
  readonly detail: string;
  /** 0 where no answer came. */
  readonly status: number;
  /** Tell it to support. */
  readonly requestId?: string;
  /** Of `invalid-request`: every fault, and where. */
  readonly errors: readonly Fault[];
  readonly retryAfterSeconds?: number;
}

export interface Fault {
  readonly path: string;
  readonly detail: string;
}

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options);
    this.problem = problem;
  }
}

/** The problem that an answer tells; one in general words where the answer is none of the API's. */
export function parseProblem(
  status: number,
  body: unknown,
  header: (name: string) => string | null,
): Problem {
  const given = Object(body) as Record<string, unknown>;
  const requestId = text(given['requestId']) ?? text(header('x-amzn-RequestId'));
  const retryAfterSeconds = parseRetryAfter(header('Retry-After'));
  return {
    kind: kindOf(text(given['type'])) ?? (status >= 500 ? 'internal-error' : 'unexpected'),
    title: text(given['title']) ?? 'The service gave an unexpected answer',
    detail:
      text(given['detail']) ??
      `It was answered with status ${status}. Try again; if it goes on, tell support the request id.`,
    status,
    errors: faultsOf(given['errors']),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

export const unreachable: Problem = {
  kind: 'unreachable',
  title: 'The service could not be reached',
  detail: 'Check your connection to the internet, then try again. Nothing that you typed is lost.',
  status: 0,
  errors: [],
};

export const tookTooLong: Problem = {
  kind: 'timeout',
  title: 'The answer took too long',
  detail: 'The request was given up on. Try again; if it goes on, see the status page.',
  status: 0,
  errors: [],
};

export const signedOut: Problem = {
  kind: 'signed-out',
  title: 'You are signed out',
  detail: 'Sign in again, then repeat what you did. Nothing was changed.',
  status: 401,
  errors: [],
};

/** A problem of anything that was thrown: what was not foreseen is told in general words, without its own. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    kind: 'page-failed',
    title: 'This page failed',
    detail: 'This is a fault of ours. Load the page again; if it goes on, tell support what you did.',
    status: 0,
    errors: [],
  };
}

/** What is wrong with one field of a form, as a sentence. */
export function faultOf(problem: Problem | undefined, path: string): string | undefined {
  const found = problem?.errors.find((fault) => fault.path === path);
  return found === undefined ? undefined : asSentence(found.detail);
}

/** Faults that no field of a form shows. */
export function otherFaults(problem: Problem, shown: readonly string[]): readonly Fault[] {
  return problem.errors.filter(({ path }) => !shown.includes(path));
}

/** Seconds, from a header that tells seconds or a date. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds > 0 ? seconds : undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(1, Math.ceil((at - now) / 1000));
}

function kindOf(type: string | undefined): string | undefined {
  return type?.split(/[/#]/).filter(Boolean).at(-1);
}

function faultsOf(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => {
    const { path, detail } = Object(each) as Record<string, unknown>;
    return typeof path === 'string' && typeof detail === 'string' ? [{ path, detail }] : [];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The API's own details begin in lower case where they name what was refused. */
export function asSentence(detail: string): string {
  const first = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
