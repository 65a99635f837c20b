import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { suspensionPolicyEnvironment } from '../../alerts/contract.ts';
import { composeAlerts } from '../../alerts/index.ts';
import { composeKeys, composeTimedKeys } from '../../keys/index.ts';
import { dashboardEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { changesInOrder } from '../changes-in-order.ts';
import { composeSending } from '../compose-sending.ts';
import { describeSending } from '../describe-sending.ts';
import { type AlertChange, isAlert } from '../rules/alert-news.ts';
import { tellAdmins } from '../tell-admins.ts';
import { type AlertNewsDependencies, suspendWhereDemanded, tellOfAlert } from '../tell-of-alert.ts';

const environment = parseEnvironment(
  z.object({ ...dashboardEnvironment.shape, ...suspensionPolicyEnvironment.shape }),
);
const { SUSPENSION_POLICY: suspensionPolicy } = environment;
const hasPolicy = Object.keys(suspensionPolicy).length > 0;
const { client, keys } = composeKeys();
const { mailer, adminAlerts, product, sender } = composeSending();
const dependencies: AlertNewsDependencies = {
  client,
  keys,
  ...(hasPolicy ? { timers: composeTimedKeys().policy } : {}),
  suspensionPolicy,
  alerts: composeAlerts(client),
  subscriptions: composeSubscriptions(client),
  mailer,
  product,
  sender,
  dashboardUrl: environment.DASHBOARD_ORIGIN,
};

/** So many are dealt with at once: SES takes only so many mails in a second. */
const atOnce = 10;

/**
 * Consumes the stream of table Alerts: suspends keys where the policy demands it, then mails owners, and tells the admins
 * of the whole batch, in one message where there is much to tell.
 */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const act = {
    actor: { kind: 'system', id: 'deliver-alerts' } as const,
    requestId: context.awsRequestId,
    now: new Date(),
  };
  if (hasPolicy) await changesInOrder(event, suspend, atOnce);
  return tellAdmins(adminAlerts, (forAdmins) =>
    changesInOrder(event, (record) => deliver(record, forAdmins), atOnce),
  );

  /** No key waits for the mails of others. Where it fails, `deliver` tries again, and has the change come again. */
  async function suspend({ eventID, dynamodb }: DynamoDBRecord): Promise<'done'> {
    const change = readChange(dynamodb);
    if (change === 'gone' || change === undefined) return 'done';
    await suspendWhereDemanded(change, act, dependencies).catch((error: unknown) => {
      logger.warn('not suspended yet', { eventId: eventID, ...describeError(error) });
    });
    return 'done';
  }

  async function deliver(
    { eventID, dynamodb }: DynamoDBRecord,
    forAdmins: Parameters<Parameters<typeof tellAdmins>[1]>[0],
  ): Promise<'done' | 'again'> {
    const change = readChange(dynamodb);
    if (change === 'gone') return 'done';
    if (change === undefined) {
      logger.error('a change cannot be understood', { eventId: eventID });
      count(metricNames.mailsFailed);
      return 'done';
    }
    const sequenceNumber = dynamodb?.SequenceNumber ?? '';
    try {
      await tellOfAlert(change, act, (news) => forAdmins({ ...news, sequenceNumber }), dependencies);
      return 'done';
    } catch (error) {
      logger.error('not told', { eventId: eventID, ...describeSending(error) });
      return 'again';
    }
  }
}

/** Undefined for what was written past the product: the record raises the alarm, and nobody can be told what happened. */
function readChange(images: DynamoDBRecord['dynamodb']): AlertChange | 'gone' | undefined {
  if (images?.NewImage === undefined) return 'gone';
  try {
    const [before, after] = [images.OldImage, images.NewImage].map((image) =>
      image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>),
    );
    if (!isAlert(after)) return undefined;
    return { after, ...(isAlert(before) ? { before } : {}) };
  } catch {
    return undefined;
  }
}
