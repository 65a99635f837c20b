import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { composeSealing } from '../../keys/index.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, logger, measureSeconds } from '../../runtime/telemetry.ts';
import { createDueStore } from '../stores/due-store.ts';
import { type SweepReport, sweep } from '../sweep.ts';

const sealing = composeSealing();
const dependencies = { ...sealing, dueKeys: createDueStore(sealing.client, sealing.tableName) };

/** Kept free at the end, for the steps under way and the report. */
const reserveMilliseconds = 20_000;

/** Hourly: notices, rotates, reminds, retires, delivers again and ends what is over. Answers with what it did. */
export const handler = middy<ScheduledEvent, SweepReport, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<ScheduledEvent, SweepReport>)
  .handler(async (_event: ScheduledEvent, context: Context) => {
    const act = {
      actor: { kind: 'system', id: 'rotate-keys' } as const,
      requestId: context.awsRequestId,
      now: new Date(),
    };
    const report = await sweep(
      act,
      () => context.getRemainingTimeInMillis() > reserveMilliseconds,
      dependencies,
    );
    tell(report);
    return report;
  });

function tell({ due, steps, failed, oldestLagSeconds, stoppedEarly }: SweepReport): void {
  const counts = {
    [metricNames.rotationDue]: due,
    [metricNames.rotationNoticed]: steps.notice,
    [metricNames.rotationRotated]: steps.rotate,
    [metricNames.rotationReminded]: steps.remind,
    [metricNames.rotationRetired]: steps.retire,
    [metricNames.rotationRedelivered]: steps.redeliver,
    [metricNames.rotationExpired]: steps['expire-handover'],
    [metricNames.rotationFailed]: failed,
  };
  for (const [name, value] of Object.entries(counts)) count(name, {}, value);
  measureSeconds(metricNames.rotationLag, oldestLagSeconds);
  logger.info('swept', { due, ...steps, failed, oldestLagSeconds, stoppedEarly });
}
