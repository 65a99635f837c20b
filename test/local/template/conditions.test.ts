import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment, evaluated, template } from './support.ts';

const Parameters = { Stage: { Type: 'String', Default: 'dev' } };
const Conditions = {
  IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
  IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
  InEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
  Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'InEurope' }] },
  Neither: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'InEurope' }] },
};

describe('conditions', () => {
  it.each([
    ['IsDev', 'yes'],
    ['IsProd', 'no'],
    ['InEurope', 'yes'],
    ['Both', 'yes'],
    ['Neither', 'no'],
    ['Either', 'yes'],
  ])('%s chooses %s', (name, expected) => {
    expect(evaluated({ 'Fn::If': [name, 'yes', 'no'] }, { Parameters, Conditions })).toBe(expected);
  });

  it('leave the branch that is not taken unresolved', () => {
    const choice = { 'Fn::If': ['IsDev', 'yes', { 'Fn::ImportValue': 'x' }] };
    expect(evaluated(choice, { Parameters, Conditions })).toBe('yes');
  });

  it('decide whether a resource and an output exist', () => {
    const resources = {
      OnlyProd: { Type: 'AWS::Lambda::Function', Condition: 'IsProd' },
      OnlyDev: { Type: 'AWS::Lambda::Function', Condition: 'IsDev', DependsOn: ['OnlyProd'] },
    };
    const Outputs = {
      Dev: { Condition: 'IsDev', Value: { Ref: 'OnlyDev' } },
      Prod: { Condition: 'IsProd', Value: { Ref: 'OnlyProd' } },
    };
    const resolved = resolveTemplate(template(resources, { Parameters, Conditions, Outputs }), environment);
    expect(resolved.resources.map((resource) => resource.logicalId)).toEqual(['Keys', 'Evaluate', 'OnlyDev']);
    expect(resolved.outputs).toEqual({ Dev: 'Latchkey-test-OnlyDev' });
  });

  it('a reference to a resource whose condition is false is refused by name', () => {
    const resources = {
      OnlyProd: { Type: 'AWS::Lambda::Function', Condition: 'IsProd' },
      User: { Type: 'AWS::Lambda::Function', Properties: { Role: { Ref: 'OnlyProd' } } },
    };
    expect(() => resolveTemplate(template(resources, { Parameters, Conditions }), environment)).toThrow(
      'Resources.User.Properties.Role: OnlyProd does not exist: its condition IsProd is false',
    );
  });

  it.each([
    [{ 'Fn::Contains': [[], 'x'] }, 'condition function Fn::Contains is not supported by the local runner'],
    [{ 'Fn::Equals': ['x'] }, 'Fn::Equals takes 2 elements'],
    [{ 'Fn::Not': [] }, 'Fn::Not takes 1 element'],
    [{ Condition: 'Other' }, 'unknown condition Other'],
    [{ Condition: 'Tested' }, 'condition Tested depends on itself'],
    [{ 'Fn::Equals': [{ Ref: 'Keys' }, 'x'] }, 'a condition can name parameters only, not Keys'],
    [
      { 'Fn::Equals': [{ 'Fn::GetAtt': ['Keys', 'Arn'] }, 'x'] },
      'a condition can name parameters only, not Keys.Arn',
    ],
    [{}, 'a condition is an object with one condition function'],
  ])('%j is refused', (expression, message) => {
    const use = () => evaluated({ 'Fn::If': ['Tested', 1, 2] }, { Conditions: { Tested: expression } });
    expect(use).toThrow(message);
    expect(use).toThrow('Conditions.Tested');
  });

  it('an unknown condition is refused where it is used', () => {
    expect(() => evaluated({ 'Fn::If': ['Nope', 1, 2] })).toThrow('probe: unknown condition Nope');
  });
});
