import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricNamespace } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { FunctionName } from '../function-entries.ts';

export interface ServiceAlarmProps {
  readonly config: Pick<Config, 'stage'>;
  /** The function that emits the metric: Powertools' `service` dimension. */
  readonly service: FunctionName;
  readonly metricName: string;
  /** How many in five minutes are one too many. */
  readonly threshold: number;
  readonly statistic?: string;
  /** What it means; ends with a link to its entry in the runbook. */
  readonly description: string;
}

/** An alarm on one of the product's own metrics. No data is good news: these metrics count what goes wrong. */
export function serviceAlarm(scope: Construct, id: string, props: ServiceAlarmProps): Alarm {
  return new Alarm(scope, id, {
    metric: new Metric({
      namespace: metricNamespace(props.config.stage),
      metricName: props.metricName,
      dimensionsMap: { service: props.service },
      statistic: props.statistic ?? 'Sum',
      period: Duration.minutes(5),
    }),
    threshold: props.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: props.description,
  });
}
