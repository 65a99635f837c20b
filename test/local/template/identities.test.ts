import { describe, expect, it } from 'vitest';
import { noEffectTypes, servedTypes } from '../../../local/no-effect.ts';
import { identityOf, identityTypes } from '../../../local/template/identities.ts';
import type { IdentityContext } from '../../../local/template/physical-ids.ts';
import { environment } from './support.ts';

function contextOf(
  logicalId: string,
  properties: Record<string, string> = {},
  stackName = 'Latchkey-test',
): IdentityContext {
  return {
    environment: { ...environment, stackName },
    logicalId,
    property: (name) => properties[name],
    text: (name) => properties[name],
  };
}

function namesOf(type: string, context: IdentityContext) {
  const identity = identityOf(type);
  if (identity === undefined) throw new Error(`${type} is unknown`);
  const ref = identity.ref(context);
  const attributes = Object.entries(identity.attributes).map(([name, make]) => [name, make(context, ref)]);
  return { ref, ...Object.fromEntries(attributes) } as Record<string, string | undefined>;
}

describe('identities', () => {
  it('every type that is served or listed as without effect can be named', () => {
    const known = [...Object.keys(servedTypes), ...Object.keys(noEffectTypes)];
    expect(known.filter((type) => !identityTypes.includes(type))).toEqual([]);
  });

  it.each(identityTypes)('%s has the same names after a restart and others in another stack', (type) => {
    const named = {
      StageName: 'dev',
      DomainName: 'a.example',
      Bucket: 'b',
      AliasName: 'alias/x',
      Name: 'n',
      PolicyName: 'p',
    };
    expect(namesOf(type, contextOf('Thing', named))).toEqual(namesOf(type, contextOf('Thing', named)));
    const byTemplate = namesOf(type, contextOf('Thing', named)).ref;
    if (Object.values(named).some((name) => byTemplate?.includes(name))) return;
    expect(namesOf(type, contextOf('Thing', {}, 'Other')).ref).not.toBe(
      namesOf(type, contextOf('Thing')).ref,
    );
    expect(namesOf(type, contextOf('Other')).ref).not.toBe(namesOf(type, contextOf('Thing')).ref);
  });

  it('ids and ARNs have the shape that their service gives them', () => {
    const context = contextOf('Thing');
    expect(namesOf('AWS::KMS::Key', context)['Arn']).toMatch(
      /^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(namesOf('AWS::SecretsManager::Secret', context).ref).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:Latchkey-test-Thing-[0-9A-Za-z]{6}$/,
    );
    const api = namesOf('AWS::ApiGateway::RestApi', context);
    expect(api.ref).toMatch(/^[a-z0-9]{10}$/);
    expect(api['RootResourceId']).toMatch(/^[a-z0-9]{10}$/);
    expect(api['RootResourceId']).not.toBe(api.ref);
    expect(namesOf('AWS::Logs::LogGroup', context)).toEqual({
      ref: 'Latchkey-test-Thing',
      Arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:Latchkey-test-Thing:*',
    });
    expect(namesOf('AWS::Lambda::Function', context)).toEqual({
      ref: 'Latchkey-test-Thing',
      Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:Latchkey-test-Thing',
    });
    expect(namesOf('AWS::IAM::Role', context)['RoleId']).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(namesOf('AWS::S3::Bucket', context).ref).toBe('latchkey-test-thing-123456789012');
    expect(namesOf('AWS::ApiGateway::BasePathMapping', contextOf('M', { DomainName: 'api.x' })).ref).toBe(
      'api.x|(none)',
    );
  });

  it('a name given in the template wins, and a path is part of an ARN', () => {
    expect(namesOf('AWS::DynamoDB::Table', contextOf('Thing', { TableName: 'keys' })).ref).toBe('keys');
    expect(namesOf('AWS::ApiGateway::Stage', contextOf('Thing', { StageName: 'dev' })).ref).toBe('dev');
    expect(namesOf('AWS::IAM::Role', contextOf('Thing', { RoleName: 'r', Path: '/a/' }))['Arn']).toBe(
      'arn:aws:iam::123456789012:role/a/r',
    );
  });

  it('two names that are too long stay apart after they are cut to 64 characters', () => {
    const long = 'A'.repeat(80);
    const first = namesOf('AWS::Lambda::Function', contextOf(`${long}1`)).ref ?? '';
    const second = namesOf('AWS::Lambda::Function', contextOf(`${long}2`)).ref ?? '';
    expect([first.length, second.length]).toEqual([64, 64]);
    expect(first).not.toBe(second);
  });

  it('a table has a stream ARN only if it has a stream', () => {
    const stream = contextOf('Keys', { StreamSpecification: 'x' });
    expect(namesOf('AWS::DynamoDB::Table', stream)['StreamArn']).toMatch(
      /table\/Latchkey-test-Keys\/stream\/2026/,
    );
    expect(namesOf('AWS::DynamoDB::Table', contextOf('Keys'))['StreamArn']).toBeUndefined();
  });
});
