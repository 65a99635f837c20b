import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, logger, measureSeconds } from '../../runtime/telemetry.ts';
import { composeDetection } from '../compose-detection.ts';
import { type DetectionReport, detect } from '../detect.ts';

const dependencies = composeDetection();

/** Kept free at the end, for the looks under way and the report. */
const reserveMilliseconds = 30_000;

/** Hourly: looks at what was used since the last time, and tells what is unusual. Answers with what it did. */
export const handler = middy<ScheduledEvent, DetectionReport, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<ScheduledEvent, DetectionReport>)
  .handler(async (_event: ScheduledEvent, context: Context) => {
    const act = {
      actor: { kind: 'system', id: 'detect-anomalies' } as const,
      requestId: context.awsRequestId,
      now: new Date(),
    };
    const report = await detect(
      act,
      () => context.getRemainingTimeInMillis() > reserveMilliseconds,
      dependencies,
    );
    tell(report);
    return report;
  });

function tell(report: DetectionReport): void {
  const counts = {
    [metricNames.detectionLooked]: report.looked,
    [metricNames.alertsOpened]: report.opened,
    [metricNames.alertsUpdated]: report.updated,
    [metricNames.alertsClosed]: report.closed,
    [metricNames.detectionFailed]: report.failed,
  };
  for (const [name, value] of Object.entries(counts)) count(name, {}, value);
  measureSeconds(metricNames.detectionLag, report.oldestLagSeconds);
  logger.info('looked', { ...report });
}
