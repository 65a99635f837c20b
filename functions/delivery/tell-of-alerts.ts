import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { metricNames } from '../runtime/metric-names.ts';
import type { Act } from '../runtime/rules/change.ts';
import { count, describeError, logger } from '../runtime/telemetry.ts';
import { changesInOrder } from './changes-in-order.ts';
import { describeSending } from './describe-sending.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import { readAlertChange } from './stores/alert-change.ts';
import { type BatchNews, tellAdmins } from './tell-admins.ts';
import { type AlertNewsDependencies, suspendWhereDemanded, tellOfAlert } from './tell-of-alert.ts';

export interface AlertBatchDependencies extends AlertNewsDependencies {
  readonly adminAlerts: AdminAlerts;
}

/** So many are dealt with at once: SES takes only so many mails in a second. */
const atOnce = 10;

/**
 * Does what follows from a batch of the stream of table Alerts: suspends keys where the policy demands it and the run that
 * found it could not, then mails owners, and tells the admins of the whole batch, in one message where there is much to tell.
 * @returns the changes that have to be delivered again
 */
export async function tellOfAlerts(
  event: DynamoDBStreamEvent,
  act: Act,
  { adminAlerts, ...dependencies }: AlertBatchDependencies,
): Promise<DynamoDBBatchResponse> {
  const hasPolicy = Object.keys(dependencies.suspensionPolicy).length > 0;
  if (hasPolicy) await changesInOrder(event, suspend, atOnce);
  return tellAdmins(adminAlerts, (forAdmins) =>
    changesInOrder(event, (record) => deliver(record, forAdmins), atOnce),
  );

  /** No key waits for the mails of others. Where it fails, `deliver` tries again, and has the change come again. */
  async function suspend({ eventID, dynamodb }: DynamoDBRecord): Promise<'done'> {
    const change = readAlertChange(dynamodb);
    if (change === 'gone' || change === undefined) return 'done';
    await suspendWhereDemanded(change, act, dependencies).catch((error: unknown) => {
      logger.warn('not suspended yet', { eventId: eventID, ...describeError(error) });
    });
    return 'done';
  }

  async function deliver(
    { eventID, dynamodb }: DynamoDBRecord,
    forAdmins: (news: BatchNews) => void,
  ): Promise<'done' | 'again'> {
    const change = readAlertChange(dynamodb);
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
