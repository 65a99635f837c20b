import { App, Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { readRules } from '../../../local/schedules/read-rules.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment, functionArn, ruleArn } from './support.ts';

function synthesize(): unknown {
  const app = new App();
  const stack = new Stack(app, 'S');
  const lambda = new LambdaFunction(stack, 'Sweep', {
    functionName: 'sweep',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('//'),
  });
  new Rule(stack, 'Hourly', {
    ruleName: 'hourly',
    description: 'rotates what is due',
    schedule: Schedule.rate(Duration.hours(1)),
    targets: [new InvokeFunction(lambda)],
  });
  new Rule(stack, 'Nightly', {
    ruleName: 'nightly',
    enabled: false,
    schedule: Schedule.cron({ minute: '0', hour: '4', weekDay: 'MON-FRI' }),
    targets: [
      new InvokeFunction(lambda, {
        event: RuleTargetInput.fromObject({ stack: stack.stackName, region: stack.region }),
      }),
    ],
  });
  return app.synth().getStackByName('S').template;
}

test('rules as CDK synthesizes them are read with their targets, input and permissions', () => {
  const { resources } = resolveTemplate(synthesize(), environment);
  const target = { id: 'Target0', functionArn: functionArn('sweep'), permitted: true };
  expect(readRules(resources, environment)).toMatchObject([
    {
      arn: ruleArn('hourly'),
      expression: 'rate(1 hour)',
      enabled: true,
      targets: [{ ...target, input: undefined }],
    },
    {
      arn: ruleArn('nightly'),
      expression: 'cron(0 4 ? * MON-FRI *)',
      enabled: false,
      targets: [{ ...target, input: { payload: { stack: 'S', region: 'eu-central-1' } } }],
    },
  ]);
});
