import { describe, expect, test } from 'vitest';
import { readFunction } from '../../../local/lambda/function-definition.ts';
import { functionResource } from './lambda-harness.ts';

const environment = {
  region: 'eu-central-1',
  accountId: '000000000000',
  stackName: 'test',
  dataDir: '/data',
};
const read = (properties: Record<string, unknown>) =>
  readFunction(functionResource('Rotate', properties), environment);

describe('an AWS::Lambda::Function', () => {
  test('has the defaults of CloudFormation', () => {
    expect(read({ Timeout: undefined })).toMatchObject({
      name: 'Rotate',
      timeoutSeconds: 3,
      memoryMegabytes: 128,
      variables: {},
      logGroupName: '/aws/lambda/Rotate',
    });
  });

  test.each([
    [
      { VpcConfig: {} },
      'Rotate (AWS::Lambda::Function): property VpcConfig is not supported by the local runner',
    ],
    [{ LoggingConfig: { Sink: 1 } }, 'property LoggingConfig.Sink is not supported'],
    [{ Environment: { Secret: 1 } }, 'property Environment.Secret is not supported'],
    [{ Runtime: 'nodejs22.x' }, 'property Runtime: '],
    [{ Timeout: 901 }, 'property Timeout: '],
    [{ MemorySize: '128' }, 'property MemorySize: '],
    [{ Environment: { Variables: { A: 1 } } }, 'property Environment.Variables.A: '],
    [
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'property Environment.Variables.AWS_REGION: is reserved by Lambda',
    ],
  ])('with %j is refused, naming the property', (properties, message) => {
    expect(() => read(properties)).toThrow(message);
  });
});
