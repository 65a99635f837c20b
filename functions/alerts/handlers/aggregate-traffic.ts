import { gunzipSync } from 'node:zlib';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { CloudWatchLogsEvent, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { describeError, logger } from '../../runtime/telemetry.ts';
import { aggregateTraffic, type LogBatch } from '../aggregate-traffic.ts';
import { activityTableEnvironment } from '../contract.ts';
import { createTrafficStore } from '../stores/traffic-store.ts';

const environment = parseEnvironment(activityTableEnvironment);
const store = createTrafficStore(createDocumentClient(), environment.ACTIVITY_TABLE);

const batchSchema = z.discriminatedUnion('messageType', [
  z.object({ messageType: z.literal('CONTROL_MESSAGE') }),
  z.object({
    messageType: z.literal('DATA_MESSAGE'),
    logGroup: z.string(),
    logEvents: z.array(z.object({ id: z.string(), timestamp: z.number(), message: z.string() })),
  }),
]);

/** Far above what an event of 1 MB holds of log lines: what is not from CloudWatch cannot fill the memory. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Takes lines of the API's access log and of the authorizer's log from CloudWatch Logs. A batch that fails is tried twice
 * more by Lambda; nothing of it is counted twice.
 */
export const handler = middy<CloudWatchLogsEvent, void, Error, Context>()
  .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<CloudWatchLogsEvent, void>)
  .handler(async (event: CloudWatchLogsEvent) => {
    const batch = decoded(event);
    if (batch === undefined) return;
    try {
      const report = await aggregateTraffic(batch, Date.now(), store);
      logger.info('aggregated', { logGroup: batch.logGroup, ...report });
    } catch (error) {
      logger.error('not aggregated', { logGroup: batch.logGroup, ...describeError(error) });
      throw error;
    }
  });

/** Undefined for a message by which CloudWatch only tries whether somebody is there. */
function decoded({ awslogs: { data } }: CloudWatchLogsEvent): LogBatch | undefined {
  const json = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: mostBytes }).toString('utf8');
  const parsed = batchSchema.parse(JSON.parse(json));
  return parsed.messageType === 'DATA_MESSAGE' ? parsed : undefined;
}
