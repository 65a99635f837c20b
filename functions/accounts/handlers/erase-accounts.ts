import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { composeErasure } from '../compose.ts';
import { finishErasure } from '../finish-erasure.ts';

const dependencies = composeErasure();

/** Kept free at the end, for the erasure under way. */
const reserveMilliseconds = 20_000;

export interface ErasureReport {
  readonly erased: number;
  readonly failed: number;
}

/** Hourly: finishes what deleting an account could not remove elsewhere. */
export const handler = middy<ScheduledEvent, ErasureReport, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<ScheduledEvent, ErasureReport>)
  .handler(async (_event: ScheduledEvent, context: Context) => {
    const act = {
      actor: { kind: 'system', id: 'erase-accounts' } as const,
      requestId: context.awsRequestId,
      now: new Date(),
    };
    let erased = 0;
    let failed = 0;
    for await (const { subscriptionId } of dependencies.due.due(act.now)) {
      if (context.getRemainingTimeInMillis() < reserveMilliseconds) break;
      try {
        if (await finishErasure(subscriptionId, act, dependencies)) erased += 1;
      } catch (error) {
        failed += 1;
        logger.error('erasure is not finished', { subscriptionId, ...describeError(error) });
      }
    }
    if (failed > 0) count(metricNames.erasuresFailed, {}, failed);
    logger.info('swept', { erased, failed });
    return { erased, failed };
  });
