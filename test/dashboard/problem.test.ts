import { expect, test } from 'vitest';
import {
  faultOf,
  otherFaults,
  parseProblem,
  parseRetryAfter,
  problemOf,
} from '../../dashboard/src/rules/problem.ts';
import { maximumAttempts, retryDelay } from '../../dashboard/src/rules/retry.ts';

const headers =
  (given: Record<string, string> = {}) =>
  (name: string) =>
    given[name] ?? null;

const refusal = parseProblem(
  400,
  {
    type: 'https://docs.aiweedcompany.com/problems/invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'Correct what "errors" lists and send the request again.',
    requestId: 'b2c4e6f8',
    support: 'support@aiweedcompany.com',
    statusPage: 'https://status.aiweedcompany.com',
    errors: [
      { path: 'prefix', detail: 'must be 2 to 12 lower-case letters and digits' },
      { path: 'query.colour', detail: 'is not a parameter' },
    ],
  },
  headers(),
);

test('a problem of the API keeps what people are told, and the id that support asks for', () => {
  expect(refusal).toMatchObject({
    kind: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    requestId: 'b2c4e6f8',
  });
});

test('a fault is told at its field, as a sentence; what has no field is told apart', () => {
  expect(faultOf(refusal, 'prefix')).toBe('Must be 2 to 12 lower-case letters and digits.');
  expect(faultOf(refusal, 'name')).toBeUndefined();
  expect(faultOf(undefined, 'name')).toBeUndefined();
  expect(otherFaults(refusal, ['prefix'])).toEqual([{ path: 'query.colour', detail: 'is not a parameter' }]);
});

test('a registered problem type is known by its end', () => {
  const type = 'https://iana.org/assignments/http-problem-types#quota-exceeded';
  expect(parseProblem(429, { type, title: 't' }, headers({ 'Retry-After': '1' }))).toMatchObject({
    kind: 'quota-exceeded',
    retryAfterSeconds: 1,
  });
});

test.each([undefined, null, 'Bad gateway', 7, [], { title: 7, detail: {}, errors: 'none', requestId: '' }])(
  'an answer that is no problem, %j, is told in general words, with the id of the header',
  (body) => {
    const problem = parseProblem(502, body, headers({ 'x-amzn-RequestId': 'from-header' }));
    expect(problem).toMatchObject({
      kind: 'internal-error',
      status: 502,
      requestId: 'from-header',
      errors: [],
    });
    expect(problem.title).not.toBe('');
    expect(problem.detail).toContain('502');
  },
);

test('what was not foreseen is told without its own words, which may hold anything', () => {
  const { title, detail } = problemOf(new TypeError('user_0AbCdEfGhIjK_secret is not a function'));
  expect(`${title} ${detail}`).not.toContain('user_');
});

test.each([
  ['5', 5],
  ['0', undefined],
  ['-3', undefined],
  ['', undefined],
  [null, undefined],
  ['soon', undefined],
  ['Fri, 27 Nov 2026 10:00:30 GMT', 30],
  ['Fri, 27 Nov 2026 09:00:00 GMT', 1],
])('Retry-After %j is %s seconds', (value, expected) => {
  expect(parseRetryAfter(value, Date.parse('2026-11-27T10:00:00Z'))).toBe(expected);
});

const problemWith = (status: number, retryAfterSeconds?: number) => ({
  ...parseProblem(status, {}, headers()),
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

test('what passes is tried again, never sooner than the answer says', () => {
  for (const status of [429, 502, 503]) {
    expect(retryDelay(problemWith(status, 2), 1, 0)).toBe(2000);
    expect(retryDelay(problemWith(status, 2), 1, 1)).toBeGreaterThan(2000);
  }
});

test('without a word of the answer, each wait is longer than the one before', () => {
  const [first = 0, second = 0] = [1, 2].map((attempt) => retryDelay(problemWith(503), attempt, 0));
  expect(second).toBeGreaterThan(first);
});

test('tries end; who would have to wait for long decides for oneself', () => {
  expect(retryDelay(problemWith(503, 1), maximumAttempts, 0)).toBeUndefined();
  expect(retryDelay(problemWith(429, 60), 1, 0)).toBeUndefined();
});

test.each([400, 401, 403, 404, 409, 410, 500, 504])('status %i is shown at once', (status) => {
  expect(retryDelay(problemWith(status), 1, 0)).toBeUndefined();
});
