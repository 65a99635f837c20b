import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { LatchkeyFunction } from './latchkey-function.ts';

/** Lambda's attempts at an event. */
const attempts = 3;

/**
 * Rings for a function that is invoked by events when it fails as often in five minutes as Lambda tries, or when Lambda
 * gave an event up: then it is lost.
 */
export function batchesLostAlarm(
  scope: Construct,
  id: string,
  fn: LatchkeyFunction,
  alarmDescription: string,
): Alarm {
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  return new Alarm(scope, id, {
    metric: new MathExpression({
      expression: `FILL(errors, 0) + ${attempts} * FILL(dropped, 0)`,
      usingMetrics: { errors: fn.metricErrors(sum), dropped: fn.metric('AsyncEventsDropped', sum) },
      period: sum.period,
      label: 'failed attempts, and three for each event that was given up',
    }),
    threshold: attempts,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription,
  });
}
