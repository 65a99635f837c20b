import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesWildcard } from '../../../local/aws/iam/wildcard.ts';
import { createIam } from '../../../local/aws/iam.ts';
import type { ConditionContext } from '../../../local/aws/service.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { environment, key, policyDocument, resource, role, roleArn, statement } from './support.ts';

const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Keys';

/** Whether a role with these statements may do it. */
function may(statements: object[], action: string, on: string, context: ConditionContext = {}): boolean {
  const iam = createIam([role('r', statements)], environment);
  return iam.isAllowed(iam.principalOf(iam.credentialsOf(roleArn('r')).accessKeyId), action, on, context);
}
const refusal = (...statements: object[]) => {
  return () => createIam([role('r', statements)], environment);
};

describe('statements', () => {
  const cases: [what: string, statements: object[], allowed: boolean][] = [
    ['nothing', [], false],
    ['the action on the resource', [statement('dynamodb:GetItem', table)], true],
    ['the action in other case', [statement('DynamoDB:getitem', table)], true],
    ['another action', [statement('dynamodb:PutItem', table)], false],
    ['another resource', [statement('dynamodb:GetItem', `${table}2`)], false],
    ['wildcards', [statement('dynamodb:Get*', 'arn:aws:dynamodb:*:*:table/K?ys')], true],
    ['a list that has it', [statement(['dynamodb:PutItem', 'dynamodb:GetItem'], [table, `${table}2`])], true],
    [
      'a deny beside the allow',
      [statement('dynamodb:*', '*'), { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: table }],
      false,
    ],
    ['NotAction of another', [{ Effect: 'Allow', NotAction: 'dynamodb:PutItem', Resource: '*' }], true],
    ['NotAction of it', [{ Effect: 'Allow', NotAction: 'dynamodb:GetItem', Resource: '*' }], false],
    ['NotResource of it', [{ Effect: 'Allow', Action: '*', NotResource: table }], false],
  ];
  test.each(cases)('with %s', (_, statements, allowed) => {
    expect(may(statements, 'dynamodb:GetItem', table)).toBe(allowed);
  });

  test('a denied caller hears AWS’s own words', () => {
    const iam = createIam([role('r', [{ Effect: 'Deny', Action: 'kms:*', Resource: '*' }])], environment);
    const principal = iam.principalOf(iam.credentialsOf(roleArn('r')).accessKeyId);
    expect(iam.decide(principal, 'dynamodb:GetItem', table)).toEqual({
      allowed: false,
      reason: 'because no identity-based policy allows the dynamodb:GetItem action',
    });
    expect(iam.decide(principal, 'kms:Decrypt', '*')).toEqual({
      allowed: false,
      reason: 'with an explicit deny in an identity-based policy',
    });
  });
});

describe('conditions', () => {
  const via = 'secretsmanager.eu-central-1.amazonaws.com';
  const withCondition = (Condition: object) => [statement('kms:Decrypt', '*', { Condition })];
  const cases: [what: string, condition: object, context: ConditionContext, allowed: boolean][] = [
    ['StringEquals met', { StringEquals: { 'kms:ViaService': via } }, { 'kms:ViaService': via }, true],
    ['StringEquals missed', { StringEquals: { 'kms:ViaService': via } }, { 'kms:ViaService': 'x' }, false],
    ['StringEquals of an absent key', { StringEquals: { 'kms:ViaService': via } }, {}, false],
    [
      'StringEquals of any value',
      { StringEquals: { 'kms:ViaService': ['x', via] } },
      { 'kms:ViaService': via },
      true,
    ],
    ['StringLike', { StringLike: { 'kms:ViaService': 'secrets*' } }, { 'kms:ViaService': via }, true],
    ['StringNotEquals met', { StringNotEquals: { 'kms:ViaService': 'x' } }, { 'kms:ViaService': via }, true],
    [
      'StringNotEquals missed',
      { StringNotEquals: { 'kms:ViaService': via } },
      { 'kms:ViaService': via },
      false,
    ],
    ['StringNotEquals of an absent key', { StringNotEquals: { 'kms:ViaService': via } }, {}, true],
    ['the account of a service', { StringEquals: { 'aws:SourceAccount': '111122223333' } }, {}, false],
    ['the caller’s own account', { StringEquals: { 'kms:CallerAccount': '111122223333' } }, {}, true],
    ['its role', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/r' } }, {}, true],
    [
      'two keys of which one misses',
      { StringEquals: { 'kms:ViaService': via, 'aws:SourceArn': 'x' } },
      { 'kms:ViaService': via },
      false,
    ],
    [
      'ForAllValues of some',
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a', 'b'] } },
      { 'dynamodb:LeadingKeys': ['a'] },
      true,
    ],
    [
      'ForAllValues of more',
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } },
      { 'dynamodb:LeadingKeys': ['a', 'b'] },
      false,
    ],
    ['ForAllValues of none', { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } }, {}, false],
    [
      'ForAnyValue',
      { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['a*'] } },
      { 'dynamodb:LeadingKeys': ['x', 'ab'] },
      true,
    ],
  ];
  test.each(cases)('%s', (_, condition, context, allowed) => {
    expect(may(withCondition(condition), 'kms:Decrypt', 'arn:key', context)).toBe(allowed);
  });

  test('an operator or key that is not evaluated stops the start, by name', () => {
    expect(refusal(...withCondition({ IpAddress: { 'aws:SourceArn': 'x' } }))).toThrow(
      'AWS::IAM::Role "r", policy "inline", statement 1: the condition operator "IpAddress" is not supported',
    );
    expect(refusal(...withCondition({ StringEquals: { 'aws:SourceVpc': 'x' } }))).toThrow('"aws:SourceVpc"');
  });
});

describe('the template’s IAM', () => {
  const document = policyDocument(statement('dynamodb:GetItem', table));
  const policyArn = 'arn:aws:iam::111122223333:policy/Readers';
  const managed = (properties = {}) =>
    resource('AWS::IAM::ManagedPolicy', 'Readers', policyArn, { PolicyDocument: document, ...properties });
  const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

  const attachments: [how: string, resources: ResolvedResource[]][] = [
    [
      'an AWS::IAM::Policy',
      [
        role('r'),
        resource('AWS::IAM::Policy', 'P', 'p', { PolicyName: 'p', PolicyDocument: document, Roles: ['r'] }),
      ],
    ],
    ['the role’s ManagedPolicyArns', [role('r', [], { ManagedPolicyArns: [basic, policyArn] }), managed()]],
    ['the managed policy’s Roles', [role('r'), managed({ Roles: ['r'] })]],
  ];
  test.each(attachments)('a role is allowed what %s says', (_, resources) => {
    const iam = createIam(resources, environment);
    const principal = iam.principalOf(iam.credentialsOf(roleArn('r')).accessKeyId);
    expect(iam.isAllowed(principal, 'dynamodb:GetItem', table)).toBe(true);
    expect(iam.isAllowed(principal, 'dynamodb:PutItem', table)).toBe(false);
  });

  test('whoever has a managed policy has just that', () => {
    const iam = createIam([managed()], environment);
    const reader = iam.principalOf(iam.credentialsOfPolicy(policyArn).accessKeyId);
    expect(iam.isAllowed(reader, 'dynamodb:GetItem', table)).toBe(true);
    expect(iam.isAllowed(reader, 'lambda:InvokeFunction', '*')).toBe(false);
    expect(reader.arn).toContain('Readers');
  });

  test('any other access key id is the administrator’s; an unknown role has no credentials', () => {
    const iam = createIam([role('r')], environment);
    expect(iam.principalOf('AKIAEXAMPLE').kind).toBe('administrator');
    expect(iam.isAllowed(iam.principalOf('AKIAEXAMPLE'), 'dynamodb:PutItem', table)).toBe(true);
    expect(() => iam.credentialsOf(roleArn('nobody'))).toThrow('nobody');
  });

  test('credentials stay the same across restarts and differ by role', () => {
    const credentials = (name: string) =>
      createIam([role('a'), role('b')], environment).credentialsOf(roleArn(name));
    expect(credentials('a')).toEqual(credentials('a'));
    expect(credentials('a').accessKeyId).not.toBe(credentials('b').accessKeyId);
  });

  test('a function’s session bears its name', () => {
    const lambda = resource('AWS::Lambda::Function', 'F', 'authorize-request', { Role: roleArn('r') });
    const iam = createIam([role('r'), lambda], environment);
    expect(iam.principalOf(iam.credentialsOf(roleArn('r')).accessKeyId).arn).toBe(
      'arn:aws:sts::111122223333:assumed-role/r/authorize-request',
    );
  });

  test('a function needs a role that trusts Lambda', () => {
    const lambda = resource('AWS::Lambda::Function', 'F', 'f', { Role: roleArn('r') });
    const trust = policyDocument({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'backup.amazonaws.com' },
    });
    const other = role('r', [], { AssumeRolePolicyDocument: trust });
    expect(() => createIam([other, lambda], environment)).toThrow('AWS::Lambda::Function "F"');
    // By itself such a role is no fault, whatever it may do: nobody on a laptop can act in it.
    const backup = { ...other.properties, ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSBackup'] };
    expect(() => createIam([{ ...other, properties: backup }], environment)).not.toThrow();
  });

  test('what is not evaluated stops the start, by name', () => {
    expect(() => createIam([role('r', [], { PermissionsBoundary: policyArn })], environment)).toThrow(
      'AWS::IAM::Role "r": PermissionsBoundary is not supported',
    );
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(() => createIam([role('r', [], { ManagedPolicyArns: [admin] })], environment)).toThrow(admin);
    expect(refusal(statement('s3:Get*', `arn:aws:s3:::x/\${aws:username}`))).toThrow('policy variables');
    expect(refusal({ Effect: 'Allow', Action: '*' })).toThrow('exactly one of Resource and NotResource');
    expect(refusal({ Effect: 'Allow', Actions: '*', Resource: '*' })).toThrow('Actions is not supported');
    expect(() => createIam([managed({ Roles: ['nobody'] })], environment)).toThrow('"nobody"');
  });
});

describe('key policies', () => {
  const root = { AWS: 'arn:aws:iam::111122223333:root' };
  const decide = (...statements: object[]) => {
    const dataKey = key('K', { KeyPolicy: policyDocument(...statements) });
    const iam = createIam([role('r', [statement('kms:*', '*')]), role('other'), dataKey], environment);
    return (name: string) =>
      iam.isAllowed(
        iam.principalOf(iam.credentialsOf(roleArn(name)).accessKeyId),
        'kms:Decrypt',
        dataKey.arn,
      );
  };
  const toRoot = statement('kms:*', '*', { Principal: root });

  test('one that names the account leaves it to identity policies', () => {
    const allowed = decide(toRoot);
    expect([allowed('r'), allowed('other')]).toEqual([true, false]);
  });

  test('one that names a role needs no identity policy', () => {
    const allowed = decide(toRoot, statement('kms:Decrypt', '*', { Principal: { AWS: roleArn('other') } }));
    expect([allowed('r'), allowed('other')]).toEqual([true, true]);
  });

  test('one that does not name the account overrules identity policies', () => {
    expect(decide(statement('kms:*', '*', { Principal: { AWS: roleArn('other') } }))('r')).toBe(false);
    expect(
      decide(toRoot, { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*', Principal: '*' })('r'),
    ).toBe(false);
  });

  test('what it grants to a service concerns no caller', () => {
    const logs = statement('kms:*', '*', {
      Principal: { Service: 'logs.eu-central-1.amazonaws.com' },
      Condition: { NumericLessThan: { 'some:key': '1' } },
    });
    expect(decide(toRoot, logs)('other')).toBe(false);
  });
});

describe('wildcards', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?', '.'), maxLength: 12 });

  test('match exactly as the same pattern written as a regular expression', () => {
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const escaped = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesWildcard(pattern, subject)).toBe(new RegExp(`^${escaped}$`).test(subject));
      }),
      { numRuns: 2_000 },
    );
  });

  test('take no exponential time', () => {
    expect(matchesWildcard(`${'*a'.repeat(30)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});
