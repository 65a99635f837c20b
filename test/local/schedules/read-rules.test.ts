import { describe, expect, test } from 'vitest';
import { readRules } from '../../../local/schedules/read-rules.ts';
import { environment, functionArn, permission, rule, ruleArn } from './support.ts';

describe('a rule of the template', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['an event pattern', { EventPattern: {} }, 'EventPattern is not supported'],
    ['a bus of its own', { EventBusName: 'orders' }, 'EventBusName is not supported'],
    ['a role', { RoleArn: 'arn:aws:iam::000000000000:role/r' }, 'RoleArn is not supported'],
    ['no schedule', { ScheduleExpression: undefined }, 'ScheduleExpression'],
    [
      'a wrong schedule',
      { ScheduleExpression: 'rate(1 week)' },
      'ScheduleExpression: "rate(1 week)" is neither',
    ],
    ['an unknown state', { State: 'PAUSED' }, 'State: '],
    [
      'a transformed input',
      { Targets: [{ Id: 'T', Arn: functionArn('f'), InputTransformer: {} }] },
      'Targets.0.InputTransformer is not supported',
    ],
    [
      'a retry policy',
      { Targets: [{ Id: 'T', Arn: functionArn('f'), RetryPolicy: {} }] },
      'Targets.0.RetryPolicy is not supported',
    ],
    [
      'an input that is not JSON',
      { Targets: [{ Id: 'T', Arn: functionArn('f'), Input: '{' }] },
      'Targets.0.Input: ',
    ],
    [
      'a queue as its target',
      { Targets: [{ Id: 'T', Arn: 'arn:aws:sqs:eu-central-1:000000000000:q' }] },
      "Targets.0.Arn: 'arn:aws:sqs:eu-central-1:000000000000:q' is neither the name nor the ARN of a function",
    ],
    [
      'a function of another account as its target',
      { Targets: [{ Id: 'T', Arn: 'arn:aws:lambda:eu-central-1:999999999999:function:f' }] },
      'Targets.0.Arn: Function not found',
    ],
    [
      'an alias as its target',
      { Targets: [{ Id: 'T', Arn: `${functionArn('f')}:live` }] },
      "Targets.0.Arn: The local Lambda has no versions or aliases: qualifier 'live' is not supported",
    ],
  ])('with %s is refused by type, logical id and property', (_, properties, message) => {
    const read = () => readRules([rule('Sweep', properties)], environment);
    expect(read).toThrow('AWS::Events::Rule "Sweep": ');
    expect(read).toThrow(message);
  });

  test('is enabled unless it says otherwise', () => {
    const rules = readRules([rule('On'), rule('Off', { State: 'DISABLED' })], environment);
    expect(rules.map(({ enabled }) => enabled)).toEqual([true, false]);
  });
});

describe('the permission to invoke a function', () => {
  const permitted = (...permissions: ReturnType<typeof permission>[]) =>
    readRules([rule('Sweep'), ...permissions], environment)[0]?.targets.map((target) => target.permitted);

  test.each([
    ['of the very rule', { SourceArn: ruleArn('Sweep') }, true],
    ['of a pattern that the rule matches', { SourceArn: ruleArn('Sw*') }, true],
    ['of every rule', { SourceArn: undefined }, true],
    ['that names the function by its name', { FunctionName: 'sweep' }, true],
    ['of another rule', { SourceArn: ruleArn('Other') }, false],
    ['for another function', { FunctionName: functionArn('other') }, false],
    ['of API Gateway', { Principal: 'apigateway.amazonaws.com' }, false],
  ])('%s', (_, properties, expected) => {
    expect(permitted(permission('P', properties))).toEqual([expected]);
  });

  test('is needed', () => {
    expect(permitted()).toEqual([false]);
  });

  test('is refused with what the local runner does not know', () => {
    expect(() => permitted(permission('P', { EventSourceToken: 't' }))).toThrow(
      'AWS::Lambda::Permission "P": EventSourceToken is not supported',
    );
  });
});
