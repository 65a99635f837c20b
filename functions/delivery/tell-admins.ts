import type { DynamoDBBatchResponse } from 'aws-lambda';
import { metricNames } from '../runtime/metric-names.ts';
import { count, logger } from '../runtime/telemetry.ts';
import { describeSending } from './describe-sending.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import { type AlertForAdmins, messagesForAdmins } from './rules/alert-for-admins.ts';
import { sendsOnce } from './sends-once.ts';

/** What the admins are to be told, by the change of the stream that it comes from. */
export type BatchNews = AlertForAdmins & { readonly sequenceNumber: string };

const toldLately = sendsOnce();

/**
 * Takes a batch, and tells the admins of it as a whole afterwards, whatever else failed.
 * @param take gets what collects the news: of one change the last counts
 * @returns what `take` gives back, and the changes of which the admins could not be told
 */
export async function tellAdmins(
  adminAlerts: AdminAlerts,
  take: (forAdmins: (news: BatchNews) => void) => Promise<DynamoDBBatchResponse>,
): Promise<DynamoDBBatchResponse> {
  const collected = new Map<string, BatchNews>();
  const { batchItemFailures } = await take((news) => collected.set(changeOf(news), news));
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const untold = [...collected.values()].filter((news) => !toldLately.has(messageOf(news)));
  for (const { message, news } of messagesForAdmins(untold)) {
    try {
      await adminAlerts.publish(message);
      for (const each of news) toldLately.remember(messageOf(each));
    } catch (error) {
      logger.error('the admins are not told', describeSending(error));
      count(metricNames.mailsDeferred);
      for (const { sequenceNumber } of news) failed.add(sequenceNumber);
    }
  }
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

const changeOf = ({ alert }: BatchNews): string => `${alert.alertId} ${alert.revision}`;

/** With why its owner was not mailed it is another message: that may turn out later. */
const messageOf = (news: BatchNews): string =>
  `${changeOf(news)}${news.unsent === undefined ? '' : ' unsent'}`;
