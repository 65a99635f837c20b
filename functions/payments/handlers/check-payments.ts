import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, logger } from '../../runtime/telemetry.ts';
import { type ConnectionReport, checkPayments } from '../check-payments.ts';
import { composeConnection } from '../compose.ts';

const dependencies = composeConnection();

/** Every minute: whether Stripe is connected. With one of its two secrets alone it is not, and an alarm rings. */
export const handler = middy<ScheduledEvent, ConnectionReport, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<ScheduledEvent, ConnectionReport>)
  .handler(async () => {
    const report = await checkPayments(new Date(), dependencies);
    if (report.missing.length === 1) {
      logger.warn('half connected', { missing: report.missing });
      count(metricNames.paymentsHalfConnected);
    }
    return report;
  });
