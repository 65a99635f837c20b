import { type Problem, ProblemError, parseProblem, tookTooLong, unreachable } from '../rules/problem.ts';
import { parseRateLimit, type RateLimitStatus } from '../rules/rate-limit.ts';
import type { Decision, DecisionRequest } from './types.ts';

/** One call of the decision API, as a program makes it. */
export interface DecisionCall {
  readonly apiKey: string;
  readonly request: DecisionRequest;
  /** Whether the answer is to tell which row of the policy decided. */
  readonly isExplained: boolean;
}

/** What came back: all of it is shown, so all of it is here. */
export interface DecisionAnswer {
  readonly status: number;
  readonly milliseconds: number;
  /** Those that the guide tells of, as far as the answer has them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly requestId?: string;
  readonly rateLimit?: RateLimitStatus;
  readonly decision?: Decision;
  /** Where there is no decision. */
  readonly problem?: Problem;
}

const toldHeaders = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'Content-Type', 'x-amzn-RequestId'];
const timeout = 32_000;

export function decisionUrl(apiUrl: string, isExplained = false): string {
  return `${apiUrl}/decisions/evaluate${isExplained ? '?explain=true' : ''}`;
}

/**
 * Asks for a decision, once: nothing is tried again, for what comes back is what is to be seen.
 * @throws ProblemError where no answer came
 */
export async function askForDecision(
  apiUrl: string,
  { apiKey, request, isExplained }: DecisionCall,
): Promise<DecisionAnswer> {
  const limit = AbortSignal.timeout(timeout);
  const since = performance.now();
  let response: Response;
  let text: string;
  try {
    response = await fetch(decisionUrl(apiUrl, isExplained), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-Key': apiKey },
      body: JSON.stringify(request),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: limit,
    });
    text = await response.text();
  } catch {
    throw new ProblemError(limit.aborted ? tookTooLong : unreachable);
  }
  const milliseconds = Math.round(performance.now() - since);
  const header = (name: string) => response.headers.get(name);
  const json = parsed(text);
  const requestId = header('x-amzn-RequestId');
  const rateLimit = parseRateLimit(header('RateLimit-Policy'), header('RateLimit'));
  return {
    status: response.status,
    milliseconds,
    headers: toldHeaders.flatMap((name) => {
      const value = header(name);
      return value === null ? [] : [[name, value] as const];
    }),
    body: json === undefined ? text : JSON.stringify(json, null, 2),
    ...(requestId === null ? {} : { requestId }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(response.ok
      ? { decision: json as Decision }
      : { problem: parseProblem(response.status, json, header) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
