import * as z from 'zod';
import type { ZodOpenApiExampleObject, ZodOpenApiResponseObject } from 'zod-openapi';
import {
  challengeHeader,
  problemHeaders,
  rateLimitHeadersOfProblems,
  requestIdHeader,
  retryAfterHeader,
} from '../runtime/answer-headers.ts';
import type { Access, Route, RouteProblem } from '../runtime/api-route.ts';
import { problemMediaType } from '../runtime/http-headers.ts';
import { problemSchema } from '../runtime/problem-schema.ts';
import { type ProblemName, type ProblemType, problemBody, problemTypes } from '../runtime/problems.ts';

/** What any route may answer: API Gateway's own problems, and those of whatever stands behind it. */
const ofEveryRoute: readonly ProblemName[] = [
  'bad-request',
  'access-denied',
  'not-found',
  'request-too-large',
  'rate-exceeded',
  'internal-error',
  'bad-gateway',
  'service-unavailable',
  'timeout',
];

/** A sign-in that is genuine but opens no account: the authorizer says what can be done. */
const deniedSignIn: RouteProblem = {
  name: 'access-denied',
  members: {
    detail: `${problemTypes['access-denied'].detail} Confirm your e-mail address where you sign in, then sign in again.`,
  },
};

/** What routes of a kind may answer beside that, or in its place. */
const ofAccess: Readonly<Record<Access, readonly (ProblemName | RouteProblem)[]>> = {
  everybody: [],
  'api-key': ['unauthorized', 'key-not-checked'],
  'counted-api-key': ['unauthorized', 'key-not-checked', 'key-not-ready', 'monthly-quota-exceeded'],
  'sign-in': ['unauthorized', 'key-not-checked', deniedSignIn],
  stripe: [],
};

/** Problems with members of their own that are the same for many routes, and the names that they have here. */
const shared = new Map([[deniedSignIn, 'sign-in-denied']]);

/** Members that a problem has wherever it comes from. */
const usualMembers: Partial<Record<ProblemName, Readonly<Record<string, unknown>>>> = {
  'rate-exceeded': { 'violated-policies': ['rate'] },
  'monthly-quota-exceeded': { 'violated-policies': ['month'] },
};

const exampleRequestId = 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5';

export interface ProblemSources {
  readonly documentationUrl: string;
  readonly statusUrl: string;
  readonly supportAddress: string;
}

/**
 * The answers of routes that are no success: by status one response, whose examples are all problems that the route may
 * answer with it. What several routes have in common stands once, among the document's components.
 */
export function problemResponses(
  product: ProblemSources,
): (route: Route) => Record<string, ZodOpenApiResponseObject> {
  const examples = new Map<string, ZodOpenApiExampleObject>();
  const responses = new Map<string, ZodOpenApiResponseObject>();

  function example(problem: RouteProblem): ZodOpenApiExampleObject {
    const { name, members } = problem;
    const id = sharedName(problem);
    const make = (): ZodOpenApiExampleObject => ({
      summary: problemTypes[name].title,
      value: {
        ...problemBody(name, { ...product, requestId: exampleRequestId }),
        ...usualMembers[name],
        ...members,
      },
    });
    if (id === undefined) return make();
    const known = examples.get(id) ?? { id, ...make() };
    examples.set(id, known);
    return known;
  }

  function response(
    status: number,
    problems: readonly RouteProblem[],
    access: Access,
  ): ZodOpenApiResponseObject {
    const isCounted =
      access === 'counted-api-key' && (status === 400 || problems.some(({ name }) => isExhausted(name)));
    const make = (): ZodOpenApiResponseObject => ({
      description: [...new Set(problems.map(({ name }) => `${problemTypes[name].title}.`))].join(' Or: '),
      headers: z.object({
        ...requestIdHeader,
        ...headersOf(status, problems),
        ...(isCounted ? rateLimitHeadersOfProblems : {}),
      }),
      content: {
        [problemMediaType]: {
          schema: problemSchema,
          examples: Object.fromEntries(problems.map((problem) => [problem.name, example(problem)])),
        },
      },
    });
    const names = problems.map(sharedName);
    // A counted 400 tells the count, those of other routes do not.
    if (names.includes(undefined) || (status === 400 && isCounted)) return make();
    const id = names.map((name = '') => pascalCase(name)).join('Or');
    const known = responses.get(id) ?? { id, ...make() };
    responses.set(id, known);
    return known;
  }

  return (route) => {
    const byStatus = Map.groupBy(problemsOf(route), ({ name }) => problemTypes[name].status);
    return Object.fromEntries(
      [...byStatus].map(([status, problems]) => [String(status), response(status, problems, route.access)]),
    );
  };
}

/** Every problem that a route may answer, by rising status: its own first. */
export function problemsOf({ access, problems = [] }: Route): readonly RouteProblem[] {
  const all = [...problems, ...ofAccess[access], ...ofEveryRoute].map(asProblem);
  const first = all.filter(({ name }, index) => all.findIndex((each) => each.name === name) === index);
  return first.toSorted((a, b) => problemTypes[a.name].status - problemTypes[b.name].status);
}

function asProblem(problem: ProblemName | RouteProblem): RouteProblem {
  return typeof problem === 'string' ? { name: problem } : problem;
}

/** Undefined for a problem of one route alone. */
function sharedName(problem: RouteProblem): string | undefined {
  return problem.members === undefined ? problem.name : shared.get(problem);
}

function headersOf(status: number, problems: readonly RouteProblem[]): z.ZodRawShape {
  const waits = problems.some(({ name }) => {
    const { retryAfter }: ProblemType = problemTypes[name];
    return retryAfter !== undefined || isExhausted(name);
  });
  return {
    ...problemHeaders,
    ...(status === 401 ? challengeHeader : {}),
    ...(waits ? retryAfterHeader : {}),
  };
}

/** Its time to wait is that to the month's end. */
function isExhausted(name: ProblemName): boolean {
  return name === 'monthly-quota-exceeded';
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}
