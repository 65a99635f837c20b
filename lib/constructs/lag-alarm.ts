import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { LatchkeyFunction } from './latchkey-function.ts';

/** Rings when the oldest change that a stream's consumer has not taken is ten minutes old: at 24 hours it is lost. */
export function lagAlarm(
  scope: Construct,
  id: string,
  consumer: LatchkeyFunction,
  alarmDescription: string,
): Alarm {
  return new Alarm(scope, id, {
    metric: consumer.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
    threshold: Duration.minutes(10).toMilliseconds(),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription,
  });
}
