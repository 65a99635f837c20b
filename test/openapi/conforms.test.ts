import { describe, expect, test } from 'vitest';
import { expectConforms } from './conforms.ts';
import { operationOf } from './described.ts';

/** The check of real answers finds what it is there to find. */

const path = '/decisions/evaluate';
const exampleOf = (status: string, mediaType: string) =>
  Object.values(operationOf('POST', path).responses[status]?.content?.[mediaType]?.examples ?? {})[0]
    ?.value as Readonly<Record<string, unknown>>;
const decision = exampleOf('200', 'application/json');
const unauthorized = exampleOf('401', 'application/problem+json');

const headers = {
  'content-type': 'application/json',
  date: 'Fri, 27 Nov 2026 10:00:00 GMT',
  'x-amzn-requestid': 'a request',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After, x-amzn-RequestId',
  'ratelimit-policy': '"month";q=100;w=2592000',
  ratelimit: '"month";r=99;t=1',
};
const refused = {
  ...headers,
  'content-type': 'application/problem+json',
  'www-authenticate': 'ApiKey',
  ratelimit: undefined,
  'ratelimit-policy': undefined,
};

function check(
  body: unknown,
  given: Readonly<Record<string, string | undefined>> = headers,
  status = 200,
  address = path,
): void {
  const present = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  expectConforms('POST', address, status, new Headers(present), body);
}

test('an answer that is as described passes', () => {
  check(decision);
  check(unauthorized, refused, 401);
});

describe('an answer does not pass', () => {
  test.each<[string, () => void]>([
    ['with a member too many', () => check({ ...decision, colour: 'red' })],
    ['without a member', () => check({ ...decision, id: undefined })],
    ['with a wrong value', () => check({ ...decision, risk_score: 101 })],
    ['with a member too many inside', () => check({ ...decision, policy_row: { row: 1, colour: 'red' } })],
    ['without a body', () => check(undefined)],
    ['without a header', () => check(decision, { ...headers, ratelimit: undefined })],
    ['with a wrong header', () => check(decision, { ...headers, ratelimit: '99' })],
    ['with a header that nobody told of', () => check(decision, { ...headers, 'set-cookie': 'a=b' })],
    ['of another media type', () => check(decision, { ...headers, 'content-type': 'text/html' })],
    ['with a status that is not described', () => check(decision, headers, 418)],
    ['of a route that is not described', () => check(decision, headers, 200, '/decisions')],
    [
      'with a problem of another route',
      () =>
        check({ ...unauthorized, type: 'https://docs.aiweedcompany.com/problems/link-used' }, refused, 401),
    ],
  ])('%s', (_, run) => {
    expect(run).toThrow();
  });
});
