import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment, find, tableArn, template } from './support.ts';

function fn(properties: unknown, attributes: object = {}): object {
  return { Type: 'AWS::Lambda::Function', Properties: properties, ...attributes };
}

function resolving(resources: Record<string, unknown>, sections: Record<string, unknown> = {}) {
  return () => resolveTemplate(template(resources, sections), environment);
}

describe('resolveTemplate', () => {
  it('gives every resource its reference, attributes and resolved properties', () => {
    const resolved = resolving({ User: fn({ Environment: { Variables: { T: { Ref: 'Keys' } } } }) })();
    expect(find(resolved, 'Keys')).toEqual({
      logicalId: 'Keys',
      type: 'AWS::DynamoDB::Table',
      ref: 'Latchkey-test-Keys',
      attributes: { Arn: tableArn },
      properties: { BillingMode: 'PAY_PER_REQUEST' },
    });
    expect(find(resolved, 'User').properties).toEqual({
      Environment: { Variables: { T: 'Latchkey-test-Keys' } },
    });
  });

  it('finds resources by type, in the template’s order', () => {
    const resolved = resolving({ User: fn({}) })();
    expect(resolved.byType('AWS::Lambda::Function').map(({ logicalId }) => logicalId)).toEqual([
      'Evaluate',
      'User',
    ]);
    expect(resolved.byType('AWS::Lambda::Permission')).toEqual([]);
  });

  it('resolves outputs, whatever they are exported as', () => {
    const Outputs = {
      Table: { Value: { 'Fn::GetAtt': ['Keys', 'Arn'] }, Description: 'the keys', Export: { Name: 'keys' } },
    };
    expect(resolving({}, { Outputs })().outputs).toEqual({ Table: tableArn });
  });

  it('accepts what the CDK adds to every template', () => {
    const sections = {
      Description: 'Latchkey',
      Metadata: {},
      Parameters: {
        BootstrapVersion: {
          Type: 'AWS::SSM::Parameter::Value<String>',
          Default: '/cdk-bootstrap/hnb659fds/version',
        },
      },
      Rules: { CheckBootstrapVersion: { Assertions: [{ Assert: { 'Fn::Not': [] } }] } },
    };
    const attributes = {
      DependsOn: 'Keys',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Metadata: { 'aws:cdk:path': 'x' },
    };
    expect(resolving({ User: fn({}, attributes) }, sections)().resources).toHaveLength(3);
  });

  it('lets two resources name each other’s names where their properties form no circle', () => {
    const resources = {
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: { KeyPolicy: { Principal: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'P',
          PolicyDocument: { Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } },
          Roles: [{ Ref: 'Role' }],
        },
      },
    };
    expect(find(resolving(resources)(), 'Policy').properties['Roles']).toEqual(['Latchkey-test-Role']);
  });

  it.each([
    [
      'a circle of properties',
      { A: fn({ Role: { Ref: 'B' } }), B: fn({ Role: { Ref: 'C' } }), C: fn({ Role: { Ref: 'A' } }) },
      'circular dependency A -> B -> C -> A',
    ],
    ['a resource that names itself', { A: fn({ Role: { Ref: 'A' } }) }, 'circular dependency A -> A'],
    [
      'a circle closed by DependsOn',
      { A: fn({}, { DependsOn: ['B'] }), B: fn({ Role: { Ref: 'A' } }) },
      'circular dependency A -> B -> A',
    ],
    [
      'a circle of names',
      { A: fn({ FunctionName: { Ref: 'B' } }), B: fn({ FunctionName: { Ref: 'A' } }) },
      'circular reference between the names of A, B',
    ],
    [
      'a DependsOn of nothing',
      { A: fn({}, { DependsOn: ['Nope'] }) },
      'Resources.A.DependsOn: Nope is not a resource',
    ],
    [
      'types nobody knows, all at once',
      { Queue: { Type: 'AWS::SQS::Queue' }, Box: { Type: 'Custom::Box' } },
      'AWS::SQS::Queue (Queue) is not supported by the local runner\nCustom::Box (Box) is not supported',
    ],
    [
      'an attribute of a resource nobody knows',
      { A: fn({}, { CreationPolicy: {} }) },
      'Resources.A: attribute CreationPolicy is not supported by the local runner',
    ],
    ['a property that is no object', { A: fn('x') }, 'Resources.A.Properties: expected an object'],
    ['a resource without a type', { A: {} }, 'Resources.A.Type: expected a string'],
  ])('refuses %s', (_name, resources, message) => {
    expect(resolving(resources)).toThrow(message);
  });

  it.each([
    [
      { Transform: 'AWS::Serverless-2016-10-31' },
      'template section Transform is not supported by the local runner',
    ],
    [{ Hooks: {} }, 'template section Hooks is not supported'],
    [{ Rules: { Other: {} } }, 'Rules.Other: rules are not supported'],
    [{ Outputs: { A: { Value: 'x', Colour: 'red' } } }, 'Outputs.A: attribute Colour is not supported'],
    [{ Outputs: { A: { Value: ['x'] } } }, 'Outputs.A.Value: expected a string'],
  ])('refuses the sections %j', (sections, message) => {
    expect(resolving({}, sections)).toThrow(message);
  });
});
