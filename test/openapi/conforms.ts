import { expect } from 'vitest';
import type { HttpAnswer } from '../stack/test-stack.ts';
import { type Content, type Header, operationOf } from './described.ts';
import { faultsIn } from './schemas.ts';

/** Headers of the connection, and those that API Gateway adds for AWS's own support. */
const ofTheWay = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-amz-apigw-id',
  'x-amzn-trace-id',
]);

/**
 * Expects a real answer to be one that the API's description promises: a status of the operation, the media type and the
 * schema of its body without members too many, a problem that the operation lists, all headers that it requires and none
 * that it does not know.
 * @param pathTemplate as the description has it: `/account/keys/{keyId}`
 * @param body parsed where it is JSON, else the text; `''` or undefined for none
 */
export function expectConforms(
  method: string,
  pathTemplate: string,
  status: number,
  headers: Headers,
  body: unknown,
): void {
  const what = `${method} ${pathTemplate}, ${status}`;
  const response = operationOf(method, pathTemplate).responses[String(status)];
  if (response === undefined) {
    throw new Error(`the description of ${method} ${pathTemplate} knows no ${status}: ${asText(body)}`);
  }
  expect(headerFaults(response.headers, headers), `headers of ${what}`).toEqual([]);
  if (response.content === undefined) {
    expect(body ?? '', `${what} has no body`).toBe('');
    return;
  }
  const mediaType = headers.get('content-type') ?? 'no Content-Type';
  const media = response.content[mediaType];
  if (media === undefined) throw new Error(`${what} is no ${mediaType}: ${asText(body)}`);
  expect(faultsIn(media.schema, body), `body of ${what}: ${asText(body)}`).toEqual([]);
  if (status >= 400) expect(problemsIn(response.content), `problems of ${what}`).toContainEqual(kindOf(body));
}

/** The same of an answer as the tests' stack gives it. */
export function expectAnswerConforms(method: string, pathTemplate: string, answer: HttpAnswer): void {
  const { status, headers, text, body } = answer;
  expectConforms(method, pathTemplate, status, headers, body ?? text);
}

function headerFaults(described: Readonly<Record<string, Header>>, headers: Headers): string[] {
  const known = new Set(Object.keys(described).map((name) => name.toLowerCase()));
  const tooMany = [...headers.keys()].filter((name) => !known.has(name) && !ofTheWay.has(name));
  return [
    ...tooMany.map((name) => `${name} is not described`),
    ...Object.entries(described).flatMap(([name, { required, schema }]) => {
      const value = headers.get(name);
      if (value === null) return required === true ? [`${name} is missing`] : [];
      const typed = schema['type'] === 'integer' ? Number(value) : value;
      return faultsIn(schema, typed).map((fault) => `${name}: ${fault}`);
    }),
  ];
}

/** The kinds of problem that a response lists. One type may stand for several, so that the title is part of it. */
function problemsIn(content: Content): unknown[] {
  return Object.values(content).flatMap(({ examples }) =>
    Object.values(examples).map(({ value }) => kindOf(value)),
  );
}

function kindOf(problem: unknown): { type: unknown; title: unknown } {
  const { type, title } = problem as Readonly<Record<string, unknown>>;
  return { type, title };
}

function asText(body: unknown): string {
  return (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 500);
}
