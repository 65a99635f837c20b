import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, logger, measureSeconds } from '../../runtime/telemetry.ts';
import { composeDueSubscriptions } from '../../subscriptions/index.ts';
import { composePayments } from '../compose.ts';
import { type SettlementReport, settle } from '../settle.ts';

const payments = composePayments();
const dependencies = { ...payments, dueSubscriptions: composeDueSubscriptions(payments.client) };

/** Kept free at the end, for the payments under way and the report. */
const reserveMilliseconds = 60_000;

/** Hourly: reminds of payments that are missing, ends what stays so, and looks for what Stripe's messages did not tell. */
export const handler = middy<ScheduledEvent, SettlementReport, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<ScheduledEvent, SettlementReport>)
  .handler(async (_event: ScheduledEvent, context: Context) => {
    const act = {
      actor: { kind: 'system', id: 'settle-payments' } as const,
      requestId: context.awsRequestId,
      now: new Date(),
    };
    const report = await settle(
      act,
      () => context.getRemainingTimeInMillis() > reserveMilliseconds,
      dependencies,
    );
    tell(report);
    return report;
  });

function tell({ due, failed, oldestLagSeconds, stoppedEarly }: SettlementReport): void {
  count(metricNames.paymentsDue, {}, due);
  count(metricNames.paymentsFailed, {}, failed);
  measureSeconds(metricNames.paymentsLag, oldestLagSeconds);
  logger.info('swept', { due, failed, oldestLagSeconds, stoppedEarly });
}
