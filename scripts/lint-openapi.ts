import { createConfig, lintFromString } from '@redocly/openapi-core';

/**
 * What the API's description has to keep to: Redocly's strict recommendation, and beside it the rules that ask for words
 * where a reader would miss them. Every finding is an error.
 */
const rules = {
  'info-contact': 'error',
  'operation-description': 'error',
  'operation-singular-tag': 'error',
  'operation-tag-defined': 'error',
  'operation-4xx-problem-details-rfc7807': 'error',
  'parameter-description': 'error',
  'path-http-verbs-order': 'error',
  'path-params-defined': 'error',
  'paths-kebab-case': 'error',
  'component-name-unique': 'error',
  // Whole words: "dispute" is no PUT.
  'no-http-verbs-in-paths': { severity: 'error', splitIntoWords: true },
  'response-contains-header': {
    severity: 'error',
    names: Object.fromEntries(
      ['2xx', '3xx', '4xx', '5xx'].map((statuses) => [statuses, ['x-amzn-RequestId', 'Cache-Control']]),
    ),
  },
  // A route that only leads elsewhere has no success of its own.
  'operation-2xx-response': 'off',
  'rule/operation-answers': {
    subject: { type: 'Responses' },
    assertions: { requireAny: ['200', '201', '202', '302'] },
    message: 'An operation needs an answer that is no problem.',
    severity: 'error',
  },
  // The terms of a service are its operator's: the product knows none.
  'info-license': 'off',
  'info-license-strict': 'off',
} as const;

/** One thing that is wrong with the document, and where. */
export interface LintFinding {
  readonly rule: string;
  /** JSON pointers into the document. */
  readonly places: readonly string[];
  readonly message: string;
}

/** @param document OpenAPI 3.1 */
export async function lintOpenApi(document: unknown): Promise<LintFinding[]> {
  const config = await createConfig({ extends: ['recommended-strict'], rules });
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config,
  });
  return problems.map(({ ruleId, message, location }) => ({
    rule: ruleId,
    message,
    places: location.map(({ pointer }) => String(pointer)),
  }));
}
