import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

/**
 * Rings before SES does: it puts an account under review at a bounce rate of 5 % or a complaint rate of 0.1 %. The rates
 * are the account's, as it is the account that SES stops, whichever stage was to blame.
 */
export function addMailAlarms(
  scope: Construct,
  { alarms, events }: { alarms: Alarms; events: ITopic },
): void {
  const add = (id: string, metric: Metric, threshold: number, alarmDescription: string) =>
    alarms.add(
      new Alarm(scope, id, {
        metric,
        threshold,
        alarmDescription,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
  // Fractions of one; SES tells them a few times a day.
  const reputation = (metricName: string) =>
    new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Maximum', period: Duration.hours(1) });
  add(
    'BounceRate',
    reputation('Reputation.BounceRate'),
    0.04,
    'Many mails bounce; at 5 % SES reviews the account. docs/runbook.md#mails-bounce',
  );
  add(
    'ComplaintRate',
    reputation('Reputation.ComplaintRate'),
    0.0008,
    'Mails are reported as spam; at 0.1 % SES reviews the account. docs/runbook.md#mails-are-reported-as-spam',
  );
  add(
    'EventsNotHandedOver',
    new Metric({
      namespace: 'AWS/SNS',
      metricName: 'NumberOfNotificationsFailed',
      dimensionsMap: { TopicName: events.topicName },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    1,
    'What became of a mail did not reach the function. docs/runbook.md#mail-events-get-lost',
  );
}
