import { afterAll, describe, expect, test } from 'vitest';
import {
  allVariants,
  at,
  dashboardCertificateArn,
  hostedZone,
  list,
  type Properties,
  removeAssemblies,
  type Synthesized,
  synthesize,
  template,
} from './support.ts';
import { inCircles, type Waiting, waitingIn, waitsFor } from './waiting.ts';

afterAll(removeAssemblies);

interface RawTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

const stacks: readonly (readonly [name: string, synthesized: Synthesized])[] = [
  ...allVariants.map((variant) => [variant, template(variant)] as const),
  [
    'dev with another issuer',
    synthesize('dev', { identity: { issuer: 'https://id.example.com', clientId: 'dashboard' } }),
  ],
  [
    'prod with a domain for the dashboard',
    synthesize('prod', {
      dashboard: {
        domain: { name: 'keys.example.com', certificateArn: dashboardCertificateArn, hostedZone },
      },
    }),
  ],
];

describe.each(stacks)('CloudFormation can make %s', (_, { text, bytes, resources, outputs }) => {
  const raw = JSON.parse(text) as RawTemplate;
  const waiting = waitingIn(raw);
  const idsOf = (type: string) =>
    Object.entries(raw.Resources).flatMap(([id, resource]) => (resource.Type === type ? [id] : []));
  const [restApi = ''] = idsOf('AWS::ApiGateway::RestApi');
  const functions = idsOf('AWS::Lambda::Function');
  /** What the API calls: functions behind methods, and authorizers. */
  const behind = functions.filter((id) =>
    ['AWS::ApiGateway::Method', 'AWS::ApiGateway::Authorizer']
      .flatMap(idsOf)
      .some((caller) => waiting.get(caller)?.has(id)),
  );

  test('for it is far from the limits: 500 resources, 1 MB and 200 outputs', () => {
    expect(resources.length).toBeLessThan(460);
    expect(bytes).toBeLessThan(900_000);
    // As it is written into the file, with line breaks, which counts.
    expect(bytes).toBeGreaterThan(text.length);
    expect(Object.keys(outputs).length).toBeLessThan(180);
  });

  test('for what each role may do is far from the limit of IAM: 10,240 characters in all its inline policies', () => {
    const sizes = idsOf('AWS::IAM::Role').map((role) => {
      const attached = idsOf('AWS::IAM::Policy').filter((id) => rolesOf(id).includes(role));
      const policies = [...list(propertiesOf(role)['Policies']), ...attached.map(propertiesOf)];
      return policies
        .map((policy) => longestText(at(policy, 'PolicyDocument')).length)
        .reduce((sum, length) => sum + length, 0);
    });
    expect(Math.max(...sizes)).toBeLessThan(8_000);
    // So that a renamed property does not blind this test: each function has a role that may do something.
    expect(sizes.filter((size) => size > 300).length).toBeGreaterThanOrEqual(functions.length);
  });

  test('for nothing in it waits for itself, by whatever way', () => {
    expect(inCircles(waiting)).toEqual([]);
  });

  test('for no function behind the API waits for anything that waits for the API', () => {
    // But for the headers of the dashboard, whose address functions know: they name the API by its id, and that waits for nothing.
    const [headers = ''] = idsOf('AWS::CloudFront::ResponseHeadersPolicy');
    expect(waiting.get(restApi)).toEqual(new Set());
    const others = new Map(waiting).set(
      headers,
      new Set([...(waiting.get(headers) ?? [])].filter((id) => id !== restApi)),
    );
    const ofApi = (id: string) => waitsFor(id, others).has(restApi);
    expect(behind.length).toBeGreaterThan(10);
    for (const fn of behind) {
      expect([...waitsFor(fn, waiting)].filter(ofApi), fn).toEqual([]);
    }
    // So that a renamed type does not blind this test: the stage waits for all of these, through the methods.
    const [stage = ''] = idsOf('AWS::ApiGateway::Stage');
    const called = new Set(behind);
    for (const authorizer of idsOf('AWS::ApiGateway::Authorizer')) {
      expect(waitsFor(stage, waiting)).toContain(authorizer);
    }
    expect([...waitsFor(stage, waiting)].filter((id) => functions.includes(id)).sort()).toEqual(
      [...called].sort(),
    );
  });

  test('with each function behind what it may do: whoever calls it early gets no AccessDenied', () => {
    for (const fn of functions) {
      const [role] = [...(waiting.get(fn) ?? [])].filter(isOfType('AWS::IAM::Role'));
      const policies = idsOf('AWS::IAM::Policy').filter((id) => rolesOf(id).includes(role ?? ''));
      const later = policies.filter((id) => !waiting.get(fn)?.has(id));
      // But for the right to attach usage keys to plans, which are made after the API, and that after the functions.
      expect(
        later.filter((id) => !waitsForPlans(id)),
        fn,
      ).toEqual([]);
      expect(later.length, fn).toBeLessThanOrEqual(1);
    }
  });

  function isOfType(type: string): (id: string) => boolean {
    return (id) => raw.Resources[id]?.Type === type;
  }

  function propertiesOf(id: string): Properties {
    return { ...raw.Resources[id]?.Properties };
  }

  /** Logical ids of the roles that a policy is attached to. */
  function rolesOf(policy: string): string[] {
    return list(propertiesOf(policy)['Roles']).map((role) => String((role as { Ref?: unknown }).Ref));
  }

  function waitsForPlans(id: string): boolean {
    return [...(waiting.get(id) ?? [])].some(isOfType('AWS::ApiGateway::UsagePlan'));
  }
});

/** A document as JSON, with what CloudFormation fills in as long as it may become: no ARN here has 150 characters. */
function longestText(document: unknown): string {
  const filledIn = (_: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const [[key, inner] = [], ...more] = Object.entries(value);
    if (more.length > 0) return value;
    if (key === 'Ref') return 'x'.repeat(String(inner).startsWith('AWS::') ? 20 : 150);
    if (key === 'Fn::GetAtt') return 'x'.repeat(150);
    return value;
  };
  // What joins texts is left as it is: it is longer than the text that comes of it.
  return JSON.stringify(document, filledIn);
}

describe('a template is read as CloudFormation reads it', () => {
  const circles = (resources: Readonly<Record<string, object>>) =>
    inCircles(waitingIn({ Resources: resources }));

  const placeholder = (name: string) => `$\{${name}}`;

  test.each([
    ['DependsOn', { DependsOn: 'B' }],
    ['DependsOn of several', { DependsOn: ['C', 'B'] }],
    ['Ref', { Properties: { Name: { Ref: 'B' } } }],
    ['Fn::GetAtt', { Properties: { Arn: { 'Fn::GetAtt': ['B', 'Arn'] } } }],
    ['Fn::GetAtt as text', { Properties: { Arn: { 'Fn::GetAtt': 'B.Arn' } } }],
    ['Fn::Sub', { Properties: { Uri: { 'Fn::Sub': `https://${placeholder('B.Domain')}/` } } }],
    ['a value of Fn::Sub', { Properties: { Uri: { 'Fn::Sub': [placeholder('x'), { x: { Ref: 'B' } }] } } }],
    ['a name inside Fn::Join', { Properties: { Arn: { 'Fn::Join': ['/', ['a', { Ref: 'B' }]] } } }],
    [
      'a statement of a policy',
      { Properties: { PolicyDocument: { Statement: [{ Resource: [{ 'Fn::GetAtt': ['B', 'Arn'] }] }] } } },
    ],
    ['what is no property', { Metadata: { of: { Ref: 'B' } } }],
  ])('a circle by %s is seen', (_, a) => {
    expect(circles({ A: a, B: { DependsOn: 'D' }, C: {}, D: { Properties: { A: { Ref: 'A' } } } })).toEqual([
      'A',
      'B',
      'D',
    ]);
  });

  test('what is no reference is none', () => {
    const text = { 'Fn::Sub': [`${placeholder('B')} ${placeholder('!A')}`, { B: 'mine' }] };
    expect(circles({ A: { Properties: { B: 'B', text } }, B: { DependsOn: 'A' } })).toEqual([]);
    expect(circles({ A: { Properties: { Region: { Ref: 'AWS::Region' } } } })).toEqual([]);
  });

  test('a name that the template does not have is refused', () => {
    expect(() => circles({ A: { DependsOn: 'B' } })).toThrow('A names B');
    const waiting: Waiting = waitingIn({ Resources: { A: { DependsOn: 'P' } }, Parameters: { P: {} } });
    expect(waitsFor('A', waiting)).toEqual(new Set());
  });
});
