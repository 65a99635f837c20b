import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { handoverEnvironment } from '../../keys/contract.ts';
import { composeTimedKeys, createHandoverBox } from '../../keys/index.ts';
import type { KeyItem } from '../../keys/rules/index.ts';
import { createKmsClient } from '../../runtime/clients.ts';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore } from '../../usage/index.ts';
import { changesInOrder } from '../changes-in-order.ts';
import { composeSending } from '../compose-sending.ts';
import { claimPageEnvironment } from '../contract.ts';
import { deliverRevision } from '../deliver-revision.ts';
import type { DeliveryDependencies } from '../dependencies.ts';
import { encryptedMimeMessage } from '../mail/mime.ts';

const environment = parseEnvironment(
  z.object({
    ...claimPageEnvironment.shape,
    ...handoverEnvironment.shape,
    ...usageTableEnvironment.shape,
    ...tierLimitsEnvironment.shape,
  }),
);
const timed = composeTimedKeys();
const { claimSecret, mailer, adminAlerts, product } = composeSending({ encrypted: encryptedMimeMessage });
const dependencies: DeliveryDependencies = {
  ...timed,
  subscriptions: composeSubscriptions(timed.client),
  usage: createUsageStore(timed.client, environment.USAGE_TABLE),
  handovers: createHandoverBox(createKmsClient(), environment.HANDOVER_KEY_ARN),
  mailer,
  alerts: adminAlerts,
  claimSecret,
  claimPageUrl: environment.CLAIM_PAGE_URL,
  product,
  limits: environment.TIER_LIMITS,
};

/**
 * Consumes the stream of table Keys: sends what each revision gives to tell. Revisions of one key are taken one after
 * the other, those of different keys at once.
 */
export function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  return changesInOrder(event, (record) => deliver(record, context));
}

/** Undefined for what was written past the product: the record raises the alarm, and nobody can be told what happened. */
function readKey(image: unknown): KeyItem | undefined {
  try {
    const key = unmarshall(image as Record<string, AttributeValue>) as KeyItem;
    return typeof key.revision === 'number' && typeof key.change?.action === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** An item that no function of ours has written fails in the same way for ever: it must not hold up all others. */
function mayPass(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return !(error instanceof Error && error.name === 'ValidationException');
}

async function deliver(
  { eventID, dynamodb }: DynamoDBRecord,
  { awsRequestId }: Context,
): Promise<'done' | 'again'> {
  const image = dynamodb?.NewImage;
  if (image === undefined) return 'done';
  const act = {
    actor: { kind: 'system', id: 'deliver-key' } as const,
    requestId: awsRequestId,
    now: new Date(),
  };
  const key = readKey(image);
  if (key === undefined) {
    logger.error('a change cannot be understood', { eventId: eventID });
    count(metricNames.mailsFailed);
    return 'done';
  }
  try {
    const before = dynamodb?.OldImage === undefined ? undefined : readKey(dynamodb.OldImage);
    await deliverRevision(key, act, dependencies, before);
    return 'done';
  } catch (error) {
    logger.error('not delivered', { eventId: eventID, ...describeError(error) });
    if (mayPass(error)) return 'again';
    count(metricNames.mailsFailed);
    return 'done';
  }
}
