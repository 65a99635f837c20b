import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayInvoke } from '../../../local/gateway/arns.ts';
import { createRouter } from '../../../local/gateway/find-route.ts';
import { canonicalHeaderName } from '../../../local/gateway/header-names.ts';
import { evaluatePolicy, policyDocumentSchema } from '../../../local/gateway/policy.ts';
import { readModel } from '../../../local/gateway/read-model.ts';
import { parseTemplate, renderTemplate } from '../../../local/gateway/template.ts';
import { matchesWildcards } from '../../../local/gateway/wildcards.ts';
import { api, method } from './support.ts';

describe('wildcards', () => {
  it('match as the equivalent regular expression does (property)', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcards(glob, subject)).toBe(expression.test(subject));
      }),
      { numRuns: 2_000 },
    );
  });

  it('take no exponential time on a hostile path', () => {
    const started = performance.now();
    expect(matchesWildcards('*a*a*a*a*a*a*a*a*b', 'a'.repeat(5_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('policies', () => {
  const arn = 'arn:aws:execute-api:eu-central-1:1:api/v1/GET/thing';
  const verdict = (...statements: object[]) =>
    evaluatePolicy(policyDocumentSchema.parse({ Version: '2012-10-17', Statement: statements }), arn);
  const statement = (Effect: string, Resource: unknown = '*', Action: unknown = 'execute-api:Invoke') => ({
    Effect,
    Action,
    Resource,
  });

  it.each([
    ['an Allow for the whole stage', [statement('Allow', 'arn:aws:execute-api:*:*:api/v1/*')], 'allow'],
    ['a Deny beside an Allow', [statement('Allow'), statement('Deny')], 'explicit-deny'],
    ['a Deny of something else', [statement('Allow'), statement('Deny', '*/POST/*')], 'allow'],
    ['another action', [statement('Allow', '*', 'execute-api:ManageConnections')], 'no-allow'],
    ['wildcard actions in any case', [statement('Allow', ['x', '*'], ['EXECUTE-API:*'])], 'allow'],
    ['no statement', [], 'no-allow'],
  ])('%s', (_, statements, expected) => {
    expect(verdict(...statements)).toBe(expected);
  });

  it.each([
    ['a condition', { ...statement('Allow'), Condition: {} }],
    ['an exclusion', { Effect: 'Allow', NotAction: 'a', Resource: '*' }],
    ['a resource over 512 characters', statement('Allow', 'a'.repeat(513))],
    ['another effect', statement('allow')],
  ])('are invalid with %s', (_, invalid) => {
    expect(policyDocumentSchema.safeParse({ Statement: [invalid] }).success).toBe(false);
  });
});

describe('routes', () => {
  const paths = ['/', '/a', '/a/{id}', '/a/fixed', '/a/{id}/deep', '/a/{rest+}'];
  const find = createRouter(readModel(api(...paths.map((path) => method('GET', path)))).methods);

  it.each([
    ['/', '/', {}],
    ['/a', '/a', {}],
    ['/a/', '/a', {}],
    ['/a/fixed', '/a/fixed', {}],
    ['/a/1', '/a/{id}', { id: '1' }],
    ['/a/1/deep', '/a/{id}/deep', { id: '1' }],
    ['/a/fixed/deep', '/a/{id}/deep', { id: 'fixed' }],
    ['/a/1/2/3', '/a/{rest+}', { rest: '1/2/3' }],
  ])('%s is %s', (path, resourcePath, parameters) => {
    const route = find('GET', path);
    expect(route?.method.resourcePath).toBe(resourcePath);
    expect(Object.fromEntries(route?.pathParameters ?? [])).toEqual(parameters);
  });

  it.each(['/b', '//', '/A', '//a'])('%s is nothing', (path) => {
    expect(find('GET', path)).toBeUndefined();
  });
});

describe('permissions', () => {
  const arn = 'arn:aws:lambda:eu-central-1:1:function:backend';

  it.each([
    ['a name', 'backend', undefined, true],
    ['an ARN with a pattern', arn, 'arn:*:api/*/GET/keys/*', true],
    ['another function', 'backend2', undefined, false],
    ['another source', arn, 'arn:*:other/*', false],
  ])('%s', (_, functionName, sourceArn, expected) => {
    const source = 'arn:aws:execute-api:eu-central-1:1:api/v1/GET/keys/{id}';
    expect(mayInvoke([{ functionName, sourceArn }], arn, source)).toBe(expected);
  });
});

describe('templates', () => {
  const render = (text: string) => renderTemplate(parseTemplate(text), (name) => `<${name}>`, '');

  it.each([
    ['no variables, $5 #1', 'no variables, $5 #1'],
    ['$context.requestId.', '<context.requestId>.'],
    ['$context.authorizer.a-b-', '<context.authorizer.a-b>-'],
    ['$stageVariables.x$context.stage', '<stageVariables.x><context.stage>'],
    ['$method.request.header.x-api-key', '<method.request.header.X-Api-Key>'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it.each(['#if($a)', '$input.json("$")', '$!context.x', '$' + '{context.x}', '$util.x', '$context'])(
    'refuse %s',
    (text) => {
      expect(() => parseTemplate(text)).toThrow('(VTL) is not supported');
    },
  );
});

it('a header’s name has one form, whatever form the client gave it (property)', () => {
  expect(canonicalHeaderName('X-API-Key')).toBe('X-Api-Key');
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9-]{1,30}$/), (name) => {
      expect(canonicalHeaderName(name.toLowerCase())).toBe(canonicalHeaderName(name.toUpperCase()));
    }),
  );
});
