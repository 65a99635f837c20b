import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { LatchkeyFunction } from './latchkey-function.ts';

/** Rings when an hourly sweep has not come to its end for three hours. */
export function sweepMissingAlarm(
  scope: Construct,
  id: string,
  sweep: LatchkeyFunction,
  alarmDescription: string,
): Alarm {
  const anHour = { statistic: 'Sum', period: Duration.hours(1) };
  return new Alarm(scope, id, {
    metric: new MathExpression({
      expression: 'invocations - FILL(errors, 0)',
      usingMetrics: { invocations: sweep.metricInvocations(anHour), errors: sweep.metricErrors(anHour) },
      period: anHour.period,
      label: 'sweeps that ended',
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    // A rule that is gone or disabled leaves no data at all: that is what this alarm is for.
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription,
  });
}
