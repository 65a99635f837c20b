import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { dashboardEnvironment, tierLimitsEnvironment } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions, type SubscriptionItem } from '../../subscriptions/index.ts';
import { changesInOrder } from '../changes-in-order.ts';
import { composeSending } from '../compose-sending.ts';
import { describeSending } from '../describe-sending.ts';
import { type AccountMailDependencies, mailAccount, type SubscriptionChange } from '../mail-account.ts';

const environment = parseEnvironment(
  z.object({ ...dashboardEnvironment.shape, ...tierLimitsEnvironment.shape }),
);
const { mailer, adminAlerts, product, sender } = composeSending();
const dependencies: AccountMailDependencies = {
  subscriptions: composeSubscriptions(createDocumentClient()),
  mailer,
  alerts: adminAlerts,
  product,
  sender,
  limits: environment.TIER_LIMITS,
  dashboardUrl: environment.DASHBOARD_ORIGIN,
};

/**
 * Consumes the stream of table Subscriptions: mails owners what happened to their account, its tier and its payments.
 * Changes of one subscription are taken one after the other, those of different ones at once.
 */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return changesInOrder(event, tell);
}

async function tell({ eventID, dynamodb }: DynamoDBRecord): Promise<'done' | 'again'> {
  const { Keys, NewImage, OldImage } = dynamodb ?? {};
  // Locks and counters, which share the table, are nobody's account.
  if (NewImage === undefined || Keys?.['subscriptionId']?.S?.includes('#')) return 'done';
  const change = readChange(OldImage, NewImage);
  if (change === undefined) {
    logger.error('a change cannot be understood', { eventId: eventID });
    count(metricNames.mailsFailed);
    return 'done';
  }
  try {
    await mailAccount(change, dependencies);
    return 'done';
  } catch (error) {
    logger.error('not told', { eventId: eventID, ...describeSending(error) });
    return 'again';
  }
}

/** Undefined for what was written past the product: the record raises the alarm, and nobody can be told what happened. */
function readChange(oldImage: unknown, newImage: unknown): SubscriptionChange | undefined {
  try {
    const before = oldImage === undefined ? undefined : read(oldImage);
    const after = read(newImage);
    const isOurs = typeof after.revision === 'number' && typeof after.change?.action === 'string';
    return isOurs ? { ...(before === undefined ? {} : { before }), after } : undefined;
  } catch {
    return undefined;
  }
}

function read(image: unknown): SubscriptionItem {
  return unmarshall(image as Record<string, AttributeValue>) as SubscriptionItem;
}
