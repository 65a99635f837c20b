import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyBody, listKeysQuery, usageQuery } from '../../functions/accounts/messages.ts';
import { decisionBody } from '../../functions/decisions/request.ts';
import { problemMediaType } from '../../functions/runtime/http-headers.ts';
import { type ProblemType, problemTypes, problemTypeUri } from '../../functions/runtime/problems.ts';
import { lintOpenApi } from '../../scripts/lint-openapi.ts';
import { type Content, document, operationOf, operations, type Schema } from './described.ts';
import { faultsIn } from './schemas.ts';

/** What the API's description guarantees to its readers, and to the programs that are made from it. */

const documentation = 'https://docs.aiweedcompany.com';

test('is OpenAPI 3.1 without an error or a warning', async () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(await lintOpenApi(document)).toEqual([]);
});

test.each([
  ['an example that is wrong', 'no-invalid-media-type-examples', { risk_score: 'high' }],
  ['an example that lacks something', 'no-invalid-media-type-examples', { id: undefined }],
])('the linter finds %s', async (_, rule, change) => {
  const spoilt = structuredClone(document) as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, { content: Content }> }>>;
  };
  const content = spoilt.paths['/decisions/evaluate']?.['post']?.responses['200']?.content;
  const [example] = Object.values(content?.['application/json']?.examples ?? {});
  Object.assign(example?.value as object, change);
  expect(await lintOpenApi(spoilt)).toContainEqual(expect.objectContaining({ rule }));
});

test('every operation has a name of its own', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe.each(operations)('$name', ({ operation }) => {
  const { parameters = [], requestBody, responses } = operation;
  const bodies: [string, Content][] = [
    ...(requestBody === undefined ? [] : [['the request', requestBody.content] as [string, Content]]),
    ...Object.entries(responses).flatMap(([status, { content }]): [string, Content][] =>
      content === undefined ? [] : [[status, content]],
    ),
  ];

  test('has an example of each body, and all of them are what they are examples of', () => {
    for (const [name, content] of bodies) {
      for (const { schema, examples } of Object.values(content)) {
        expect(Object.keys(examples), name).not.toEqual([]);
        for (const { value } of Object.values(examples)) expect(faultsIn(schema, value), name).toEqual([]);
      }
    }
  });

  test('has parameters whose examples and defaults are valid', () => {
    for (const { name, schema } of parameters) {
      for (const keyword of ['example', 'default']) {
        if (keyword in schema) expect(faultsIn(schema, schema[keyword]), name).toEqual([]);
      }
    }
  });

  test('answers errors as problems, of the status under which they stand', () => {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      if (Number(status) < 400) continue;
      expect(Object.keys(content)).toEqual([problemMediaType]);
      const examples = Object.values(content[problemMediaType]?.examples ?? {});
      expect(examples.map(({ value }) => String((value as { status: number }).status))).toEqual(
        examples.map(() => status),
      );
    }
  });

  test('tells in the header what a caller needs who is refused: what to send, and when to come again', () => {
    const required = (status: string, header: string) => responses[status]?.headers[header]?.required;
    for (const status of ['429', '503']) {
      if (responses[status] !== undefined) expect(required(status, 'Retry-After'), status).toBe(true);
    }
    const isProtected = operation.security.some((scheme) => 'apiKey' in scheme || 'signIn' in scheme);
    expect(required('401', 'WWW-Authenticate')).toBe(isProtected ? true : undefined);
    expect(responses['429']).toBeDefined();
  });
});

test('every problem that a caller can get is an example somewhere, of that type, title and status', () => {
  const shown = operations.flatMap(({ operation }) =>
    Object.values(operation.responses).flatMap(({ content = {} }) =>
      Object.values(content[problemMediaType]?.examples ?? {}).map(({ value }) => {
        const { type, title, status } = value as Readonly<Record<string, unknown>>;
        return `${status} ${type} ${title}`;
      }),
    ),
  );
  const all = Object.values(problemTypes).map(
    (problem: ProblemType) => `${problem.status} ${problemTypeUri(problem, documentation)} ${problem.title}`,
  );
  expect([...new Set(shown)].toSorted()).toEqual([...new Set(all)].toSorted());
});

test('a request is described as strictly as it is checked: an unknown field is none', () => {
  const strict = operations.flatMap(({ name, operation }) =>
    operation.security.some((scheme) => 'stripeSignature' in scheme)
      ? []
      : Object.values(operation.requestBody?.content ?? {}).map(({ schema, examples }) => ({
          name,
          schema,
          value: Object.values(examples)[0]?.value,
        })),
  );
  expect(strict.length).toBeGreaterThan(5);
  for (const { name, schema, value } of strict) {
    expect(faultsIn(schema, value), name).toEqual([]);
    expect(faultsIn(schema, { ...(value as object), colour: 'red' }), name).not.toEqual([]);
  }
});

test('an answer may gain a member without breaking clients that were made from the description', () => {
  const open = Object.entries(document.components['schemas'] ?? {}).filter(
    ([name, schema]) => !isOfRequests(name) && (schema as Schema)['additionalProperties'] === false,
  );
  expect(open).toEqual([]);
});

/** Those that the document closes: what is sent. */
function isOfRequests(name: string): boolean {
  return operations.some(({ operation }) =>
    JSON.stringify(operation.requestBody ?? {}).includes(`schemas/${name}"`),
  );
}

/** What zod cannot tell by itself stands beside the check, in the words of JSON Schema. */
describe('a check of our own is described as it is done', () => {
  const bodyOf = (path: string) =>
    operationOf('POST', path).requestBody?.content['application/json']?.schema ?? {};
  const isDescribed = (path: string, value: unknown) => faultsIn(bodyOf(path), value).length === 0;

  test('the form of a prefix', () => {
    const letters = fc.constantFrom(...'abyz019AZ_-é ');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: letters, maxLength: 14 }), fc.string()), (prefix) => {
        expect(isDescribed('/account/keys', { prefix })).toBe(createKeyBody.safeParse({ prefix }).success);
      }),
    );
  });

  test('the length of a description, in characters as people count them', () => {
    for (const [length, isValid] of [
      [2_000, true],
      [2_001, false],
    ] as const) {
      const body = { category: 'RND', description: '\u{1f511}'.repeat(length) };
      expect(isDescribed('/decisions/evaluate', body)).toBe(isValid);
      expect(decisionBody.safeParse(body).success).toBe(isValid);
    }
  });

  test('a month, and the number of things on a page', () => {
    const parameter = (path: string, name: string) =>
      operationOf('GET', path).parameters?.find((each) => each.name === name)?.schema ?? {};
    fc.assert(
      fc.property(fc.integer({ min: -2, max: 103 }), (limit) => {
        const described = faultsIn(parameter('/account/keys', 'limit'), limit).length === 0;
        expect(described).toBe(listKeysQuery.safeParse({ limit: String(limit) }).success);
      }),
    );
    for (const period of ['2026-11', '2026-13', '2026-1', '0001-01', '2026-11-01', '']) {
      const described = faultsIn(parameter('/account/usage', 'period'), period).length === 0;
      expect(described, period).toBe(usageQuery.safeParse({ period }).success);
    }
  });
});
